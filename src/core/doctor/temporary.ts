import {existsSync, readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {namesIn} from '../files.ts'
import {migrationJournalPath} from '../migrate/journal-path.ts'
import {PROFILE_LAYOUT} from '../paths.ts'
import {isAlive} from '../processes.ts'
import {systemPaths} from '../system-paths.ts'
import {findUserById, listUsers} from '../users/accounts.ts'
import {readJournal} from '../users/journal.ts'
import type {Found} from './finding.ts'

/** Nothing is left of processes that ended in the middle of something. */
export function* nothingIsLeftOver(): Generator<Found> {
  const folders = [
    systemPaths.temporary,
    ...listUsers().map(({username}) => join(systemPaths.profiles, username, PROFILE_LAYOUT.temporary))
  ]
  for (const folder of folders) {
    const left = namesIn(folder).filter((name) => isOfDeadProcess(name) && !isNeeded(name))
    if (left.length > 0)
      yield {
        severity: 'warning',
        code: 'TEMPORARY_FILES',
        message: `${left.length} unfinished files of processes that ended: ${left.slice(0, 3).join(', ')}${left.length > 3 ? ', …' : ''}`,
        path: folder,
        mend: () => {
          for (const name of left) rmSync(join(folder, name), {recursive: true, force: true})
        }
      }
  }
  for (const name of namesIn(systemPaths.temporary)) {
    const id = /^profile-(.+)$/.exec(name)?.[1]
    if (id !== undefined && findUserById(id) === undefined && readJournal() === undefined)
      yield {
        severity: 'warning',
        code: 'UNFINISHED_PROFILE',
        message: 'A profile was begun whose account was never made',
        path: join(systemPaths.temporary, name),
        mend: () => rmSync(join(systemPaths.temporary, name), {recursive: true, force: true})
      }
  }
  yield* deadServices()
}

/** A file below logs/run that names a process which is not there. */
function* deadServices(): Generator<Found> {
  for (const name of namesIn(systemPaths.run).filter((one) => one.endsWith('.pid'))) {
    const path = join(systemPaths.run, name)
    const pid = Number(/\d+/.exec(readFileSync(path, 'utf8'))?.[0])
    if (Number.isInteger(pid) && pid > 0 && isAlive(pid)) continue
    yield {
      severity: 'warning',
      code: 'DEAD_PROCESS',
      message: `It names the process ${pid || '(none)'}, which is not there`,
      path,
      mend: () => rmSync(path, {force: true})
    }
  }
}

/** What an interrupted migration goes back to, or on from, is nothing left over. */
const isNeeded = (name: string): boolean => name.startsWith('migration.') && existsSync(migrationJournalPath())

/** Names tell who wrote them: name.{pid}.{random}, and head.json.{pid}. */
function isOfDeadProcess(name: string): boolean {
  const pid = /\.(\d+)(?:\.[\w.-]+)?$/.exec(name)?.[1]
  return pid !== undefined && !isAlive(Number(pid))
}
