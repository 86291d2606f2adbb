import {MhError} from '../core/errors.ts'
import {unwritable} from '../core/files.ts'

export interface ErrorDescription {
  code: string
  message: string
  hint?: string
  exitCode: number
  /** Only where DEBUG is set. */
  stack?: string
}

/** What a person is told of an error. @param command as it was called ("mh memory show"), for the hint of a wrong usage */
export function describeError(error: Error & {oclif?: {exit?: number}}, command: string): ErrorDescription {
  const known = error instanceof MhError ? error : unwritable(pathOf(error), error)
  const stack = process.env.DEBUG && error.stack !== undefined ? {stack: error.stack} : {}
  if (known instanceof MhError) {
    return {
      code: known.code,
      message: known.message,
      exitCode: known.exitCode,
      ...(known.hint === undefined ? {} : {hint: known.hint}),
      ...stack
    }
  }
  if (error.oclif !== undefined) {
    const message = error.message
      .replace(/\nSee more help with --help$/, '')
      .replaceAll(/\s*\n\s*/g, ' ')
      .trim()
    return {code: 'USAGE', message, hint: `See ${command} --help`, exitCode: error.oclif.exit ?? 2, ...stack}
  }
  return {
    code: 'UNEXPECTED',
    message: error.message || String(error),
    hint: 'This is a mistake in mh. DEBUG=1 shows where it happened',
    exitCode: 1,
    ...stack
  }
}

const pathOf = (error: Error): string => ('path' in error && typeof error.path === 'string' ? error.path : 'a file')
