import {chmodSync, closeSync, fsyncSync, mkdirSync, openSync, utimesSync, writeSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {syncFolder, unwritable} from '../../files.ts'
import type {ProfileFile} from './kinds.ts'

/** Writes files below a folder that nobody uses yet, and makes them durable. @throws MhError NOT_WRITABLE */
export async function writeTree(
  root: string,
  folders: readonly string[],
  files: AsyncIterable<ProfileFile>
): Promise<void> {
  const made = new Set<string>()
  const ensure = (folder: string): void => {
    if (made.has(folder)) return
    mkdirSync(folder, {recursive: true, mode: 0o700})
    made.add(folder)
  }
  try {
    ensure(root)
    chmodSync(root, 0o700)
    for (const folder of folders) ensure(join(root, folder))
    for await (const {path, bytes, modified} of files) {
      const target = join(root, path)
      ensure(dirname(target))
      const file = openSync(target, 'wx', 0o600)
      try {
        for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done)
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
      if (modified !== undefined) utimesSync(target, new Date(), new Date(modified))
    }
    for (const folder of made) syncFolder(folder)
  } catch (error) {
    throw unwritable(root, error)
  }
}
