import {createReadStream, statSync} from 'node:fs'
import {basename} from 'node:path'
import {requireUserContext} from '../context.ts'
import {fileNameOf} from '../memory/files/placement.ts'
import {parseManifest} from './manifest.ts'
import {readManifestOf} from './read-checked.ts'
import {type StoredBackup, storedBackups} from './stored.ts'

/** A memory that backups are searched for. */
export interface SoughtMemory {
  id: string
  /** ISO 8601. */
  timestamp: string
  /** Where its file lies. */
  path: string
}

interface HoldingBackup {
  path: string
  maybe: boolean
}

/**
 * The backups that hold one of these memories of the current person, by the names of the files in them. Nobody can look into one
 * that is encrypted or damaged: it is told where it was written after the oldest of the memories.
 * @returns `maybe` where only the date speaks for it
 */
export async function backupsHolding(memories: readonly SoughtMemory[]): Promise<HoldingBackup[]> {
  if (memories.length === 0) return []
  const {userId} = requireUserContext('Backups')
  const oldest = Math.min(...memories.map(({timestamp}) => Date.parse(timestamp)))
  const names = new Set(memories.flatMap(({id, path}) => [fileNameOf(id), basename(path)]))
  const holding: HoldingBackup[] = []
  const mayHold = (path: string): void => {
    if (statSync(path).mtimeMs >= oldest) holding.push({path, maybe: true})
  }
  for (const backup of await storedBackups(mayHold)) {
    const account = backup.accounts.find(({id}) => id === userId)
    if (account === undefined) continue
    if (backup.encrypted) mayHold(backup.path)
    else if (await namesOneOf(backup, `profiles/${account.username}/memory/`, names))
      holding.push({path: backup.path, maybe: false})
  }
  return holding
}

/** Whether a file in the archive is one of those, or lies in the history of one. */
async function namesOneOf({path}: StoredBackup, below: string, names: ReadonlySet<string>): Promise<boolean> {
  const {files} = await readManifestOf(createReadStream(path), parseManifest)
  return files.some(
    (file) =>
      file.path.startsWith(below) &&
      file.path
        .split('/')
        .some((segment) => names.has(segment.replace(/~\d+(?=\.json$)/, '')) || names.has(`${segment}.json`))
  )
}
