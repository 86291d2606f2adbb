import {existsSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {withAccountsLock} from '../locks.ts'
import {migrationJournalPath} from '../migrate/journal-path.ts'
import {systemPaths} from '../system-paths.ts'
import type {Found} from './finding.ts'

/** Where the single-user system kept what is now in profiles. */
const PLACES = [
  'memory',
  'etc',
  'out',
  'persona/core.json',
  'persona/facets.json',
  'persona/facets',
  'persona/relationships.json',
  'persona/routines.json',
  'persona/decision-rules.json',
  'persona/cognitive-mode.json',
  'logs/decisions',
  'logs/actions'
]

/** No data of the single-user layout waits at the root: it belongs to nobody, and no command reads it. */
export function* noLegacyData(): Generator<Found> {
  const there = placesThere(systemPaths.root)
  const [path] = there
  if (path !== undefined)
    yield {
      severity: 'warning',
      code: 'LEGACY_DATA',
      message: `Data of a single-user system lies at the root, where nobody finds it: ${there.join(', ')}`,
      path,
      hint: 'mh migrate --username <username> --dry-run shows how it moves into a profile'
    }
}

let looked: {state: string; there: string[]} | undefined

/** What lies there changes only with the folders that it would lie in: three looks in place of a dozen, for a server's status. */
function placesThere(root: string): string[] {
  const state = [root, join(root, 'persona'), join(root, 'logs')]
    .map((folder) => `${folder} ${statSync(folder, {throwIfNoEntry: false})?.mtimeMs}`)
    .join(' ')
  if (looked?.state !== state)
    looked = {state, there: PLACES.map((place) => join(root, place)).filter((path) => existsSync(path))}
  return looked.there
}

/** No migration stands where a crash interrupted it. */
export async function* noMigrationIsInterrupted(): AsyncGenerator<Found> {
  if (!existsSync(migrationJournalPath())) return
  // Under the lock: one that is under way in another process was not interrupted.
  if (await withAccountsLock(() => existsSync(migrationJournalPath())))
    yield {
      severity: 'error',
      code: 'INTERRUPTED_MIGRATION',
      message: 'A migration was interrupted: its files lie in two places',
      path: migrationJournalPath(),
      mend: async () => {
        const {recoverMigration} = await import('../migrate/recover.ts')
        await recoverMigration()
      }
    }
}
