import {fstatSync} from 'node:fs'
import {stripVTControlCharacters} from 'node:util'

/**
 * Whether a descriptor (0 input, 1 output, 2 errors) is a terminal. Pipes and files are told apart by a stat; node:tty, which
 * brings the whole of node:net, is loaded only where it may be one.
 */
export function atTerminal(descriptor: 0 | 1 | 2): boolean {
  try {
    if (!fstatSync(descriptor).isCharacterDevice()) return false
  } catch {
    return false // closed: `mh … <&-`
  }
  return process.getBuiltinModule('node:tty').isatty(descriptor)
}

/** Text that somebody wrote, as it may be printed: what steers a terminal must not reach one. A pipe gets it as it is. */
export const forTerminal = (text: string, descriptor: 1 | 2 = 1): string =>
  atTerminal(descriptor) ? withoutControls(text) : text

/** Text without what steers a terminal; lines and tabs stay. */
export const withoutControls = (text: string): string =>
  stripVTControlCharacters(text).replaceAll(/(?![\n\t])\p{Cc}/gu, '')

/** The same on one line. */
export const onOneLine = (text: string): string => withoutControls(text).replaceAll(/\s+/g, ' ').trim()
