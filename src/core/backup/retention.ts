import {rmSync} from 'node:fs'
import {syncFolder} from '../files.ts'
import {systemPaths} from '../system-paths.ts'
import {type StoredBackup, storedBackups} from './stored.ts'

/**
 * Removes older backups of the same people. Those that were made before a deletion or a migration are never among them, nor
 * what cannot be read.
 * @param whose the id of the one person, or everybody
 * @param keep how many stay, the new one included
 * @param made the id of the new one, which stays whatever the clock says
 * @returns the ids of those that were removed
 */
export async function prune(whose: string, keep: number, made: string): Promise<string[]> {
  const backups = (await storedBackups(() => undefined)).filter(
    (backup) => backup.id !== made && isRoutine(backup) && isOf(backup, whose)
  )
  const old = backups.slice(keep - 1)
  for (const {path} of old) rmSync(path, {force: true})
  if (old.length > 0) syncFolder(systemPaths.backups)
  return old.map(({id}) => id)
}

const isRoutine = ({reason}: StoredBackup): boolean => reason === 'create' || reason === 'restore'

const isOf = ({everybody, accounts}: StoredBackup, whose: string): boolean =>
  whose === 'everybody' ? everybody : !everybody && accounts.length === 1 && accounts[0]?.id === whose
