import {join} from 'node:path'
import {appendLine} from './append-line.ts'
import type {ProfileChange} from './change.ts'
import {fetchProfileText} from './documents.ts'
import {ensureFolder, unwritable} from './files.ts'

/**
 * Adds a record to a file of lines of the profile that `change` holds the lock of. Durable when the change is.
 * @param folder relative to the profile
 */
export function appendProfileLine(change: ProfileChange, folder: string, name: string, record: object): void {
  const line = JSON.stringify(record)
  if (change.lock.writes !== undefined) {
    change.lock.writes.append(`${folder}/${name}`, line)
    return
  }
  const path = join(ensureFolder(change.root, folder).path, name)
  try {
    appendLine(path, line)
  } catch (error) {
    throw unwritable(path, error)
  }
}

/** The records of a file of lines; none where there is no such file. What a process that died while it wrote left is none. */
export async function readProfileLines(relative: string): Promise<unknown[]> {
  const text = (await fetchProfileText(relative)) ?? ''
  return text.split('\n').flatMap((line): unknown[] => {
    try {
      return [JSON.parse(line)]
    } catch {
      return []
    }
  })
}
