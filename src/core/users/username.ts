import {usageError} from '../errors.ts'

const RESERVED = new Set(['anonymous', 'system', 'guest'])
// Names that Windows gives to devices: a folder of that name cannot be made there.
const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])$/

/**
 * Checks the name of a new account.
 * @throws MhError INVALID_USERNAME (exit 2) that names the rule which is broken
 */
export function checkUsername(name: string): void {
  const broken = brokenRule(name)
  if (broken !== undefined) {
    throw usageError(
      'INVALID_USERNAME',
      `The username ${JSON.stringify(name)} cannot be used: ${broken}`,
      'Use 2 to 32 lower-case letters, digits, "_" or "-", beginning with a letter or digit'
    )
  }
}

function brokenRule(name: string): string | undefined {
  if (name.length < 2) return 'it is shorter than 2 characters'
  if (name.length > 32) return `it has ${name.length} characters, 32 at most are allowed`
  if (/[A-Z]/.test(name)) return 'it has capital letters'
  if (!/^[a-z0-9]/.test(name)) return 'it does not begin with a letter a-z or a digit'
  const odd = /[^a-z0-9_-]/u.exec(name)
  if (odd !== null) return `it has the character ${JSON.stringify(odd[0])}`
  if (RESERVED.has(name)) return 'it is reserved'
  if (DEVICE.test(name)) return 'it is the name of a device'
  return undefined
}
