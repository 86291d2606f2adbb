import {chmodSync, lstatSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {namesIn} from '../files.ts'
import {PROFILE_LAYOUT} from '../paths.ts'
import {systemPaths} from '../system-paths.ts'
import {listUsers} from '../users/accounts.ts'
import type {Found} from './finding.ts'

/** Nobody else on this machine can read what people keep. Folders guard what is in them, so memories are not walked. */
export function* filesArePrivate(): Generator<Found> {
  if (process.platform === 'win32') return
  for (const path of new Set([...systemFiles(), ...profileFiles()])) {
    const stat = lstatSync(path, {throwIfNoEntry: false})
    if (stat === undefined || stat.isSymbolicLink()) continue
    const mode = stat.isDirectory() ? 0o700 : 0o600
    if ((stat.mode & 0o077) !== 0)
      yield {
        severity: 'warning',
        code: 'PERMISSIONS',
        message: `Others may reach it: its mode is 0${(stat.mode & 0o777).toString(8)}`,
        path,
        hint: `chmod ${mode.toString(8)} ${path}, or mh doctor --fix`,
        mend: () => chmodSync(path, mode)
      }
    else if ((stat.mode & mode) !== mode && stat.isDirectory())
      yield {
        severity: 'error',
        code: 'PERMISSIONS',
        message: `You cannot use it: its mode is 0${(stat.mode & 0o777).toString(8)}`,
        path,
        mend: () => chmodSync(path, mode)
      }
    if (stat.uid !== process.getuid?.() && process.getuid?.() !== 0)
      yield {
        severity: 'error',
        code: 'FOREIGN_OWNER',
        message: `It belongs to another account of the operating system (${stat.uid})`,
        path,
        hint: `chown it to yourself`
      }
  }
}

const systemFiles = (): string[] => [
  systemPaths.root,
  systemPaths.config,
  systemPaths.environment,
  systemPaths.profiles,
  dirname(systemPaths.audit),
  dirname(systemPaths.indexes),
  ...[
    dirname(systemPaths.users),
    systemPaths.backups,
    systemPaths.audit,
    systemPaths.indexes,
    systemPaths.locks
  ].flatMap((folder) => [folder, ...namesIn(folder).map((name) => join(folder, name))]),
  ...[systemPaths.run, systemPaths.temporary]
]

const profileFiles = (): string[] =>
  listUsers().flatMap(({username}) => {
    const root = join(systemPaths.profiles, username)
    return [root, ...Object.values(PROFILE_LAYOUT).map((path) => join(root, path))]
  })
