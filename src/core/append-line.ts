import {closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, readSync} from 'node:fs'
import {dirname} from 'node:path'
import {syncFolder, writeAll} from './files.ts'

/** Adds a line to a file, which is made where it is not there. Durable when it returns. For whoever holds the lock of its folder's owner. */
export function appendLine(path: string, line: string): void {
  const file = openSync(path, 'a+', 0o600)
  let made: boolean
  try {
    const {size} = fstatSync(file)
    made = size === 0
    const last = Buffer.alloc(1)
    // What a crash tore must not take this line with it.
    const torn = size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last[0] !== 0x0a
    try {
      writeAll(file, Buffer.from(`${torn ? '\n' : ''}${line}\n`))
      fdatasyncSync(file)
    } catch (error) {
      ftruncateSync(file, size)
      throw error
    }
  } finally {
    closeSync(file)
  }
  if (made) syncFolder(dirname(path))
}
