import {existsSync, readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {newAside} from '../backup/extract.ts'
import {withUserContext} from '../context.ts'
import {conflict} from '../errors.ts'
import {reach} from '../faults.ts'
import {ensureSystemFolder, unwritable} from '../files.ts'
import {type AccountsLock, withProfileLock} from '../locks.ts'
import {memoryStore} from '../memory/memories.ts'
import {sha256} from '../sha256.ts'
import {systemPaths} from '../system-paths.ts'
import {findUserById, listUsers} from '../users/accounts.ts'
import {changeAccounts} from '../users/change-accounts.ts'
import {createAccount, createProfile, newUser} from '../users/create.ts'
import {contextOf} from '../users/identify.ts'
import type {User} from '../users/user.ts'
import {splitDay} from './audit-days.ts'
import {backUpSource, type MigrationBackup} from './backup.ts'
import {copySource, refuseChange, sourceChanged, type Watch} from './copy.ts'
import {type JournalLines, type MigrationJournal, sourceOf, writeMigrationJournal} from './journal.ts'
import {migrationJournalPath} from './journal-path.ts'
import {inTheWay, moveIn} from './move.ts'
import {AUDIT_DAY} from './places.ts'
import {
  auditTarget,
  type Draft,
  draftMigration,
  type MigrationPlan,
  type MigrationRequest,
  publicPlan,
  refuseConflicts
} from './plan.ts'
import {complete, recoverUnder, removeBackup, takeBack} from './recover.ts'
import {listSource} from './source.ts'
import {firstChainedDay, occupied} from './target.ts'
import {type Records, readRecords, verifyMoved} from './verify.ts'

export interface Migrated extends MigrationPlan {
  /** Id of the backup, which `mh migrate rollback` takes. */
  backup: string
  /** Whether everything is there, unchanged, and every record can be read and is known. */
  verified: boolean
  memories: number
  tasks: number
  /** Records that cannot be read, as they could not be before. They were moved as they are. */
  unreadable: Records['unreadable']
}

/**
 * Makes a profile of what a single-user system left: copied from a folder, which is only read, or moved from the data root. A
 * backup is made first. What is moved is verified before it counts; where anything differs, fails or is interrupted, everything
 * goes back to where it was.
 * @throws MhError as planMigration, and PROFILE_NOT_EMPTY, MIGRATION_CONFLICT, SOURCE_CHANGED (exit 5), BACKUP_NOT_VERIFIED,
 *   MIGRATION_NOT_VERIFIED, NOT_WRITABLE (exit 1): nothing was changed then
 */
export async function migrate(request: MigrationRequest, watch: Watch = {}): Promise<Migrated> {
  const draft = await draftMigration(request)
  refuseConflicts(draft)
  const work = newAside('migration')
  const folder = join(systemPaths.temporary, work)
  ensureSystemFolder(folder)
  try {
    const copied = draft.inPlace ? draft.source.root : join(folder, 'copy')
    if (!draft.inPlace) await copySource(draft.source, copied, watch)
    const {user, made} = personOf(draft)
    const backup = await backUpSource(draft, copied, user, made, watch)
    reach('migrate-backup')
    const journal = journalOf(draft, user, made, work, backup)
    let records: Records
    try {
      records = await changeAccounts((lock) => commit(lock, draft, user, journal))
    } catch (error) {
      if (journal.state === 'moving' && !existsSync(migrationJournalPath())) removeBackup(backup.id)
      throw error
    }
    return {...publicPlan(draft), ...(await outcome(journal, records)), backup: backup.id}
  } catch (error) {
    throw unwritable(systemPaths.root, error)
  } finally {
    // As long as there is a journal, the folder is needed by whoever ends what it tells of.
    if (!existsSync(migrationJournalPath())) rmSync(folder, {recursive: true, force: true})
  }
}

/** Whose profile it becomes, and what has to be made for them. An account gets its id before it is there, so that a journal can name it. */
function personOf({user, username}: Draft): {user: User; made: MigrationJournal['made']} {
  if (user === undefined) return {user: newUser({username}, listUsers().length === 0), made: 'account'}
  return {user, made: existsSync(join(systemPaths.profiles, username)) ? 'nothing' : 'profile'}
}

function journalOf(
  {source, inPlace, username, targets}: Draft,
  user: User,
  made: MigrationJournal['made'],
  work: string,
  {id, record, hashes}: MigrationBackup
): MigrationJournal {
  const files = source.files.filter(({path}) => !AUDIT_DAY.test(path))
  return {
    state: 'moving',
    userId: user.id,
    username,
    made,
    from: inPlace ? null : source.root,
    work,
    backup: id,
    moves: files.map(({path, mode, link}) => ({
      path,
      to: targets.get(path) ?? path,
      sha256: hashes.get(path) ?? '',
      link: link !== undefined,
      mode
    })),
    // Known once the account is there, whose own trail has begun by then.
    lines: [],
    replaced: record.replaced.map(({path}) => path),
    folders: source.folders.map(({path}) => path)
  }
}

async function commit(lock: AccountsLock, before: Draft, user: User, journal: MigrationJournal): Promise<Records> {
  await recoverUnder(lock)
  const draft = await draftMigration(before.request)
  refuseConflicts(draft)
  if (draft.user?.id !== before.user?.id)
    throw conflict('MIGRATION_CONFLICT', `The account ${before.username} was changed meanwhile`, 'Try again')
  refuseChange(before.source, draft.source)
  ensureSystemFolder(systemPaths.run)
  writeMigrationJournal(journal)
  try {
    reach('migrate-journal')
    await makePerson(lock, user, journal)
    reach('migrate-account')
    const profile = join(systemPaths.profiles, user.username)
    const records = await withProfileLock(user.id, async () => {
      prepare(journal, user, profile)
      moveIn(journal, profile)
      await verifyMoved(journal, profile)
      if (journal.from === null) refuseLeftOver(journal)
      return readRecords(
        profile,
        journal.moves.map(({to}) => to),
        user.id
      )
    })
    reach('migrate-verified')
    writeMigrationJournal({...journal, state: 'committed'})
    journal.state = 'committed'
    reach('migrate-committed')
    await complete(lock, journal)
    return records
  } catch (error) {
    if (journal.state === 'moving') await takeBack(lock, journal)
    throw error
  }
}

async function makePerson(lock: AccountsLock, user: User, {made}: MigrationJournal): Promise<void> {
  const first = listUsers().length === 0
  // Others may have come since the account was thought of.
  if (made === 'account') await createAccount(lock, {...user, role: first ? 'owner' : 'member'}, first)
  if (made === 'profile') await createProfile(lock, user)
}

/** Completes the journal by what is known only now: what the profile holds that is going to be replaced, and where its trail begins. */
function prepare(journal: MigrationJournal, user: User, profile: string): void {
  const source = sourceOf(journal)
  const first = firstChainedDay(profile)
  journal.lines = listSource(source)
    .files.filter(({path}) => AUDIT_DAY.test(path))
    .map(({path}): JournalLines => {
      const {others} = splitDay(readFileSync(join(source, path)))
      return {path, to: auditTarget(path, first), bytes: others.length, sha256: sha256(others)}
    })
  journal.replaced = journal.moves.flatMap(({to}) => (existsSync(join(profile, to)) ? [to] : []))
  const [taken] = occupied(profile, user).filter((path) => journal.replaced.includes(path))
  if (taken !== undefined) throw inTheWay(join(profile, taken))
  writeMigrationJournal(journal)
}

/** What a program wrote meanwhile into the folders that were emptied would be left there, unseen. */
function refuseLeftOver(journal: MigrationJournal): void {
  const root = sourceOf(journal)
  const lines = new Map(journal.lines.map(({path, sha256: hash}) => [path, hash]))
  for (const {path, signature} of listSource(root).files)
    if (lines.get(path) !== signature) throw sourceChanged(join(root, path))
}

/** The index is brought up to what was moved, and has to know every memory. */
async function outcome(
  {userId}: MigrationJournal,
  {memories, tasks, unreadable}: Records
): Promise<Pick<Migrated, 'verified' | 'memories' | 'tasks' | 'unreadable'>> {
  const user = findUserById(userId)
  const known =
    user === undefined ? 0 : await withUserContext(contextOf(user), async () => (await memoryStore().counts()).total)
  return {
    verified: unreadable.length === 0 && known >= memories.size,
    memories: memories.size,
    tasks: tasks.size,
    unreadable
  }
}
