import {homedir} from 'node:os'
import {isAbsolute, join, resolve, sep} from 'node:path'

let resolved: {from: string; to: string} | undefined

/** The data root: MH_HOME, else the data directory of the person's account by the XDG rules (on Windows %LOCALAPPDATA%). */
function root(): string {
  const {MH_HOME} = process.env
  if (MH_HOME) {
    // A request asks some twenty times, for what hardly ever changes. The current folder is what a relative one hangs on.
    if (resolved?.from !== MH_HOME || !isAbsolute(MH_HOME)) resolved = {from: MH_HOME, to: resolve(MH_HOME)}
    return resolved.to
  }
  const {XDG_DATA_HOME, LOCALAPPDATA} = process.env
  if (XDG_DATA_HOME) return join(XDG_DATA_HOME, 'mh')
  if (process.platform === 'win32' && LOCALAPPDATA) return join(LOCALAPPDATA, 'mh')
  return join(homedir(), '.local', 'share', 'mh')
}

/** Those that every request asks for again and again: join() would take them apart each time. */
const USERS = `${sep}persona${sep}users.json`
const CONFIG = `${sep}config.json`
const PROFILES = `${sep}profiles`
const RUN = `${sep}logs${sep}run`
const INDEXES = `${sep}cache${sep}index`

/** Where the system keeps its own things, as absolute paths. Needs no user context and leads to nobody's data. */
export const systemPaths = {
  get root(): string {
    return root()
  },
  get users(): string {
    return `${root()}${USERS}`
  },
  get config(): string {
    return `${root()}${CONFIG}`
  },
  get environment(): string {
    return join(root(), '.env')
  },
  get profiles(): string {
    return `${root()}${PROFILES}`
  },
  get audit(): string {
    return join(root(), 'logs', 'audit')
  },
  /** Trails of people whose account was deleted, a folder each. */
  get auditArchive(): string {
    return join(root(), 'logs', 'audit', 'archive')
  },
  get run(): string {
    return `${root()}${RUN}`
  },
  get locks(): string {
    return join(root(), 'logs', 'run', 'locks')
  },
  /** Files being written. On the same file system as everything else, so that a rename is atomic. */
  get temporary(): string {
    return join(root(), '.tmp')
  },
  /** Derived; may be deleted at any time. */
  get indexes(): string {
    return `${root()}${INDEXES}`
  },
  get backups(): string {
    return join(root(), 'backups')
  },
  get agents(): string {
    return join(root(), 'agents')
  }
}
