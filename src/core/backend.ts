import type {JobQueue} from './agents/job-queue.ts'
import type {ScheduleStore} from './agents/schedule-store.ts'
import type {TrailStore} from './audit/trail-store.ts'
import type {AuditEvent} from './audit.ts'
import {type UserContext, withUserContext} from './context.ts'
import {MhError} from './errors.ts'
import type {Inbox} from './inbox/inbox.ts'
import type {MemoryStore} from './memory/store.ts'
import type {NamedLocks} from './postgres/named-locks.ts'
import type {TaskStore} from './tasks/store.ts'
import type {Attempts} from './users/attempts.ts'
import type {IssuedStore} from './users/issued/store.ts'
import type {Operation} from './users/permissions.ts'
import type {SetupStore} from './users/postgres/setup.ts'
import type {User} from './users/user.ts'

/** What a change of a profile writes, in one transaction with everything else of it. */
export interface ProfileWrites {
  /** Adds an entry to the person's trail. */
  audit(event: AuditEvent): void
  /** Replaces (or makes) a document. @param path relative to the profile: "etc/models.json" */
  write(path: string, text: string): void
  remove(path: string): void
  /** Adds a line to a file of lines: "logs/usage/2026-05-04.ndjson". */
  append(path: string, line: string): void
}

/** What a change of accounts writes, in one transaction with everything else of it. */
export interface AccountWrites {
  /** Adds an entry to the system's trail. */
  audit(event: AuditEvent, userId: string | null): void
  /** Makes an account and its profile. @param documents text by path ("persona/core.json") */
  insert(user: User, documents: Readonly<Record<string, string>>): void
  replace(user: User): void
  /** Removes an account and everything of its person. Their trail goes to the system's archive, with `event` as its last entry. */
  remove(id: string, event: AuditEvent): void
  /** Replaces the settings that everybody shares. */
  configure(settings: Readonly<Record<string, unknown>>): void
}

/** The accounts, looked up one by one: there may be millions. */
export interface AccountStore {
  /** Case does not count. */
  byName(username: string): Promise<User | undefined>
  byId(id: string): Promise<User | undefined>
  /** Everybody, in the order in which the accounts were made. For what administers. */
  all(): Promise<User[]>
  /** Whether somebody else is an owner. */
  hasOwnerBeside(id: string): Promise<boolean>
}

/**
 * What keeps everything where that is not files. Reading a person's documents, their account and the shared settings is
 * synchronous everywhere in core, so `enter` loads them with one query, and these answer from what it loaded; a change re-reads
 * them under its lock. Whatever may be large is asked for by a promise.
 */
export interface Backend {
  /** Where it is, without a password. */
  readonly address: string
  readonly memories: MemoryStore
  readonly tasks: TaskStore
  readonly accounts: AccountStore
  readonly trails: TrailStore
  readonly issued: IssuedStore
  readonly inbox: Inbox
  readonly schedules: ScheduleStore
  /** Locks that nobody waits for: an agent's for a person, the scheduler's. */
  readonly locks: NamedLocks
  /** The queue of agents' jobs. */
  jobs(): Promise<JobQueue>
  readonly setup: SetupStore
  attempts(): Promise<Attempts>
  /** Runs `fn` in the person's context, with what is read of them at hand. @throws MhError PROFILE_GONE (exit 5) */
  enter<T>(user: UserContext, fn: () => Promise<T> | T): Promise<T>
  /** Runs `fn` in a transaction that holds the lock of all accounts; what it wrote is durable when this returns. */
  lockAccounts<T>(fn: (writes: AccountWrites) => Promise<T> | T): Promise<T>
  /**
   * The same for one person's profile.
   * @param mayRepeat whether `fn` may run a second time where somebody else wrote meanwhile, so that the lock need not be waited for first
   * @throws MhError PROFILE_GONE (exit 5)
   */
  lockProfile<T>(userId: string, fn: (writes: ProfileWrites) => Promise<T> | T, mayRepeat: boolean): Promise<T>
  /** The account with that id, where it was loaded. */
  account(id: string): User | undefined
  /** Notes what role and mode were asked for last: a change asks again where they turn out others under its lock. */
  permitted(operation: Operation): void
  /** Whether nobody has an account yet. */
  readonly empty: boolean
  /** A document of the current person's by its path, of those that are loaded: persona/ without its history, and etc/. */
  document(path: string): string | undefined
  /** Paths of the loaded documents below a folder. */
  documents(folder: string): string[]
  /** The settings that everybody shares. */
  settings(): Readonly<Record<string, unknown>>
  /** Reads any document of the current person's. */
  read(path: string): Promise<string | undefined>
  /** Paths of all documents of the current person's below a folder, in their order. */
  list(folder: string): Promise<string[]>
  /** Writes the files that a person's profile would be below a folder that is not there, for whoever holds its lock. */
  writeProfile(userId: string, folder: string): Promise<void>
  /** Loads the shared settings anew, outside any person's context. */
  refresh(): Promise<void>
  close(): Promise<void>
}

let opened: Backend | undefined
/** The environment is asked once: to ask it at every look costs a server as much as half of its looks at files. */
let checked = false

/** What keeps everything where that is not files; undefined where it is. @throws MhError STORE_NOT_OPENED: a mistake of the caller */
export function backend(): Backend | undefined {
  // Without this a program that forgot to open the store would go on with files, and nobody would notice.
  if (opened === undefined && !checked && process.env.MH_STORE && process.env.MH_STORE !== 'files')
    throw new MhError('STORE_NOT_OPENED', 'The store that MH_STORE names was not opened')
  checked = true
  return opened
}

/** @returns what was set before */
export function setBackend(store: Backend | undefined): Backend | undefined {
  const before = opened
  opened = store
  checked = false
  return before
}

/**
 * Runs `fn` as `user`, as `withUserContext` does, with what is read of them loaded where a database keeps it. Whatever begins to
 * act as somebody (a command, a request, one person's turn of an agent) goes through here.
 */
export const enterContext = async <T>(user: UserContext, fn: () => Promise<T> | T): Promise<T> => {
  const store = user.role === 'anonymous' ? undefined : backend()
  return store === undefined ? withUserContext(user, fn) : store.enter(user, fn)
}

/** @throws MhError NEEDS_FILES (exit 2): what was asked for works on a folder of files, and there is none */
export function needsFiles(what: string, hint = 'mh store copy --to <folder> makes files of it'): MhError {
  return new MhError('NEEDS_FILES', `${what} works on files, and everything is kept at ${opened?.address}`, {
    hint,
    exitCode: 2,
    httpStatus: 422
  })
}
