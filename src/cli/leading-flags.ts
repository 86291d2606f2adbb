/** The flags of every command: one whose value is the next word, and those that are whole. */
export const WITH_VALUE = /^(?:-u|--user)$/
export const ALONE = /^(?:-u.+|--user=.*|--json|--no-input)$/s
/** The command of `mh` alone. */
const HOME = 'home'

/**
 * Lets the flags of every command stand before its name too: `mh -u bob remember coffee`. oclif looks for the command in the
 * first word, so they are moved behind the others, but before a "--", after which everything is text.
 */
export function moveLeadingFlags(argv: readonly string[]): string[] {
  let end = 0
  while (end < argv.length) {
    const word = argv[end] ?? ''
    if (WITH_VALUE.test(word) && end + 1 < argv.length) end += 2
    else if (ALONE.test(word)) end += 1
    else break
  }
  const rest = argv.slice(end)
  // Nothing but flags: what `mh` alone shows.
  if (rest.length === 0) return [HOME, ...argv]
  if (end === 0) return [...argv]
  const stop = rest.indexOf('--')
  const at = stop === -1 ? rest.length : stop
  return [...rest.slice(0, at), ...argv.slice(0, end), ...rest.slice(at)]
}
