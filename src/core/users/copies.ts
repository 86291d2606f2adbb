import {rmSync} from 'node:fs'
import {join} from 'node:path'
import {ensureSystemFolder, namesIn, writeDurably} from '../files.ts'
import {notify} from '../notices.ts'
import {systemPaths} from '../system-paths.ts'

const KEPT = 3

/**
 * Keeps a copy of what users.json holds now, and the two before it. A damaged users.json can be put back from it; it is never
 * taken for an empty one. The accounts are written by then: a copy that fails is told and stops nothing.
 */
export function keepCopy(text: string): void {
  const folder = copiesFolder()
  try {
    ensureSystemFolder(folder)
    const copies = listCopies()
    const last = Number(/(\d+)\.json$/.exec(copies[0] ?? '')?.[1] ?? 0)
    const name = `users-${String(last + 1).padStart(8, '0')}.json`
    writeDurably(join(folder, name), text, systemPaths.temporary)
    for (const path of copies.slice(KEPT - 1)) rmSync(path, {force: true})
  } catch (error) {
    notify({code: 'ACCOUNTS_NOT_COPIED', message: `No copy of users.json could be kept in ${folder}: ${String(error)}`})
  }
}

/** Removes every copy: those made before an account was deleted would bring it back. */
export function dropCopies(): void {
  for (const path of listCopies()) rmSync(path, {force: true})
}

/** Absolute paths of the copies, the newest first. */
export function listCopies(): string[] {
  const folder = copiesFolder()
  return namesIn(folder)
    .filter((name) => /^users-\d+\.json$/.test(name))
    .sort()
    .reverse()
    .map((name) => join(folder, name))
}

const copiesFolder = (): string => join(systemPaths.run, 'accounts')
