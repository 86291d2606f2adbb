import {rmSync} from 'node:fs'
import {join} from 'node:path'
import {readIfThere, unreadable, writeDurably} from '../files.ts'
import {parseJson} from '../json.ts'
import {systemPaths} from '../system-paths.ts'

/** What is written down before the steps of a change that a crash could leave half done. */
export type Journal =
  | {action: 'create'; id: string; username: string}
  | {action: 'rename'; id: string; from: string; to: string}
  /** `archive`: name of the folder below logs/audit/archive that the person's trail goes to; `backup`: absolute path. */
  | {action: 'delete'; id: string; username: string; backup: string; archive: string}
  /** `aside`: the folder below .tmp/ that takes the profile's place; `backup`, `previous`: ids of what it was made of, and of what was there. */
  | {
      action: 'restore'
      id: string
      username: string
      aside: string
      backup: string
      previous: string
      files: number
    }

/** Keys of each action that become parts of paths. */
const PATH_PARTS: Record<string, string[]> = {
  create: ['id', 'username'],
  rename: ['id', 'from', 'to'],
  delete: ['id', 'username', 'archive'],
  restore: ['id', 'username', 'aside', 'backup', 'previous']
}

/** Where the journal lies while a change of accounts is under way, or after it was interrupted. */
export const journalPath = (): string => join(systemPaths.run, 'account-journal.json')

/** @throws MhError UNREADABLE_FILE where it is damaged */
export function readJournal(): Journal | undefined {
  const path = journalPath()
  const text = readIfThere(path)
  if (text === undefined) return undefined
  const journal = parseJson(text, path) as Partial<Record<string, unknown>> | null
  const names = PATH_PARTS[String(journal?.action)]
  if (
    names === undefined ||
    !names.every((name) => typeof journal?.[name] === 'string' && !/[\\/]|^\.+$/.test(journal[name]))
  )
    throw unreadable(path, 'it tells of no change of an account')
  return journal as Journal
}

export const writeJournal = (journal: Journal): void =>
  writeDurably(journalPath(), `${JSON.stringify(journal)}\n`, systemPaths.temporary)

/** It may not be there: what failed may have been its writing. */
export const removeJournal = (): void => rmSync(journalPath(), {force: true})
