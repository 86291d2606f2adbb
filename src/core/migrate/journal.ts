import {unlinkSync} from 'node:fs'
import {join} from 'node:path'
import {readIfThere, syncFolder, unreadable, writeDurably} from '../files.ts'
import {isObject, parseObject} from '../json.ts'
import {systemPaths} from '../system-paths.ts'
import {migrationJournalPath} from './journal-path.ts'

/** One file that a migration renames: from the source to the profile, relative paths both. */
export interface JournalMove {
  path: string
  to: string
  /** Hex; of a link its target. */
  sha256: string
  link: boolean
  /** Of the file as it was in the source. */
  mode: number
}

/** A day of the audit trail whose lines without hashes go to the profile. */
export interface JournalLines {
  path: string
  to: string
  bytes: number
  sha256: string
}

/**
 * What is written down before anything is moved. As long as it says "moving", an interrupted migration is taken back; once it
 * says "committed", it is carried to its end.
 */
export interface MigrationJournal {
  state: 'moving' | 'committed'
  userId: string
  username: string
  /** What had to be made for it: the account with its profile, the profile of an account that had none, or nothing. */
  made: 'account' | 'profile' | 'nothing'
  /** The folder that was copied, as it was named; null where what lay at the data root was moved. */
  from: string | null
  /** Name of the folder below .tmp/ that holds what is replaced, and the copy where there is one. Goes with the journal. */
  work: string
  /** Id of the backup. */
  backup: string
  moves: JournalMove[]
  lines: JournalLines[]
  /** Documents of the new profile that the moved ones replace. */
  replaced: string[]
  /** Folders of the source, each before those in it. */
  folders: string[]
}

/** @throws MhError UNREADABLE_FILE where it is damaged, or names places where a migration has no business */
export function readMigrationJournal(): MigrationJournal | undefined {
  const path = migrationJournalPath()
  const text = readIfThere(path)
  if (text === undefined) return undefined
  const journal = parseObject(text, path) as unknown as MigrationJournal
  if (!isProper(journal)) throw unreadable(path, 'it tells of no migration')
  return journal
}

export const writeMigrationJournal = (journal: MigrationJournal): void =>
  writeDurably(migrationJournalPath(), `${JSON.stringify(journal)}\n`, systemPaths.temporary)

export function removeMigrationJournal(): void {
  unlinkSync(migrationJournalPath())
  syncFolder(systemPaths.run)
}

/** The folder that the files are moved from, absolute: the data root, or the copy. */
export const sourceOf = ({from, work}: Pick<MigrationJournal, 'from' | 'work'>): string =>
  from === null ? systemPaths.root : join(systemPaths.temporary, work, 'copy')

/** Where the documents lie that moved ones replaced, absolute. */
export const replacedFolder = ({work}: Pick<MigrationJournal, 'work'>): string =>
  join(systemPaths.temporary, work, 'replaced')

const isProper = ({
  state,
  userId,
  username,
  made,
  from,
  work,
  moves,
  lines,
  replaced,
  folders
}: MigrationJournal): boolean =>
  (state === 'moving' || state === 'committed') &&
  isName(userId) &&
  isName(username) &&
  ['account', 'profile', 'nothing'].includes(made) &&
  (from === null || typeof from === 'string') &&
  isName(work) &&
  [moves, lines].every(
    (list) => Array.isArray(list) && list.every((one) => isObject(one) && isBelow(one.path) && isBelow(one.to))
  ) &&
  [replaced, folders].every((list) => Array.isArray(list) && list.every(isBelow))

const isName = (value: unknown): boolean => typeof value === 'string' && !/[\\/\0]|^\.{0,2}$/.test(value)

/** Whether a relative path stays below where it begins. */
export const isBelow = (path: unknown): boolean =>
  typeof path === 'string' && path.split('/').every((part) => isName(part))
