import {closeSync, fstatSync, openSync, readSync} from 'node:fs'
import {errno} from './errors.ts'

/** Where a file of lines ended when it was looked at. */
export interface LinesEnd {
  /** Of the file: another one of that name has lines of its own. */
  ino: number
  /** In bytes, behind the last whole line. */
  end: number
}

/** Whole lines of a file from a byte on, and where the next look begins; undefined where there is no such file. */
export function linesFrom(path: string, from: number): (LinesEnd & {text: string}) | undefined {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if (errno(error) === 'ENOENT') return undefined
    throw error
  }
  try {
    const {size, ino} = fstatSync(file)
    const bytes = Buffer.alloc(Math.max(0, size - from))
    const count = readSync(file, bytes, 0, bytes.length, from)
    const whole = bytes.subarray(0, bytes.subarray(0, count).lastIndexOf(0x0a) + 1)
    return {text: whole.toString('utf8'), end: from + whole.length, ino}
  } finally {
    closeSync(file)
  }
}
