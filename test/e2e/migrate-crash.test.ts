import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync
} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {verifiedTrail} from '../support/audit.ts'
import {type Home, temporaryHome} from '../support/home.ts'
import {isPersonal, makeLegacy, treeOf} from '../support/legacy.ts'
import {mh, people} from '../support/mh.ts'
import {smallDisk} from '../support/small-disk.ts'

const IN_PLACE = ['migrate', '--username', 'ada', '--yes', '--json']
const DAYS = /^logs\/audit\//

/** Points after which the whole way back is gone, too. */
const ROLLED_BACK = ['migrate-moved:30', 'migrate-committed', 'migrate-dropped']

type Tree = Record<string, string>

const doctor = async (home: Home, ...args: string[]): Promise<string[]> =>
  (await mh(home, ['doctor', '--json', ...args])).json.findings.map(({code}: {code: string}) => code)

/** Hash, or link, of each file; what a migration may change is left out: modes, and folders. */
const files = (tree: Tree): Tree =>
  Object.fromEntries(
    Object.entries(tree).flatMap(([path, entry]) =>
      entry.startsWith('folder') ? [] : [[path, entry.startsWith('link') ? entry : (entry.split(' ')[0] ?? '')]]
    )
  )

/** A single-user system at the root of somebody's data. Made once; each test works on a copy. */
let seeded: Home

beforeAll(async () => {
  seeded = temporaryHome(afterAll)
  mkdirSync(seeded.root)
  makeLegacy(seeded.root, {memories: 20})
  await people(seeded, 'root')
  await mh(seeded, ['capture', "root's own"])
})

function prepared(home = temporaryHome()): {home: Home; before: Tree} {
  cpSync(seeded.root, home.root, {recursive: true, verbatimSymlinks: true, preserveTimestamps: true})
  return {home, before: treeOf(home.root, isPersonal)}
}

/** Each file is at the root or in the profile, whole: a line of the audit trail may be in both. */
function expectNothingLost(home: Home, before: Tree): void {
  const atRoot = files(treeOf(home.root, isPersonal))
  const profile = join(home.root, 'profiles/ada')
  const moved = existsSync(profile) ? files(treeOf(profile)) : {}
  for (const [path, hash] of Object.entries(files(before))) {
    const places = [atRoot[path], moved[path]].filter((found) => found === hash)
    expect([path, places.length]).toEqual([path, DAYS.test(path) ? Math.max(1, places.length) : 1])
  }
}

/** Either nothing was moved, or everything. @param what is compared: modes too, where `doctor --fix` did not mend them */
async function expectAllOrNothing(
  home: Home,
  before: Tree,
  what = (tree: Tree) => tree
): Promise<'taken back' | 'finished'> {
  const users: {username: string}[] = (await mh(home, ['user', 'list', '--json'])).json
  const there = users.some(({username}) => username === 'ada')
  const atRoot = treeOf(home.root, isPersonal)
  expect(existsSync(join(home.root, 'logs/run/migration.json'))).toBe(false)
  expect(readdirSync(join(home.root, '.tmp'))).toEqual([])
  if (there) {
    expect(Object.keys(files(atRoot))).toEqual([])
    expect(files(treeOf(join(home.root, 'profiles/ada')))).toMatchObject(files(before))
  } else {
    expect(what(atRoot)).toEqual(what(before))
    expect(readdirSync(join(home.root, 'profiles'))).toEqual(['root'])
  }
  expect((await mh(home, ['audit', 'verify', '--all-users', '--json'])).json).toMatchObject({ok: true})
  const [now, then] = [home, seeded].map(({root}) => files(treeOf(join(root, 'profiles/root/memory'))))
  expect(now).toEqual(then)
  return there ? 'finished' : 'taken back'
}

describe('a migration at the data root that is killed', () => {
  it.each([
    ['migrate-backup', 'taken back'],
    ['migrate-journal', 'taken back'],
    ['account-journal', 'taken back'],
    ['account-profile', 'taken back'],
    ['account-users', 'taken back'],
    ['migrate-account', 'taken back'],
    ['migrate-replaced', 'taken back'],
    ['migrate-replaced:7', 'taken back'],
    ['migrate-moved', 'taken back'],
    ['migrate-moved:30', 'taken back'],
    ['migrate-lines', 'taken back'],
    ['migrate-lines:2', 'taken back'],
    ['migrate-verified', 'taken back'],
    ['migrate-committed', 'finished'],
    ['migrate-dropped', 'finished'],
    ['migrate-cleared', 'finished'],
    ['migrate-journal-removed', 'finished']
  ])('at "%s" is %s by the next command; nothing is ever in neither place', async (point, end) => {
    const {home, before} = prepared()
    const killed = await mh(home, IN_PLACE, {env: {MH_FAULT: point}})
    expect([killed.signal, killed.stdout]).toEqual(['SIGKILL', ''])
    expectNothingLost(home, before)
    const left = point === 'migrate-backup' || point === 'migrate-journal-removed'
    // What the process left in .tmp/ is in nobody's way, and is swept.
    if (left) expect(await doctor(home, '--fix')).toContain('TEMPORARY_FILES')
    expect(await expectAllOrNothing(home, before, left ? files : undefined)).toBe(end)
    if (point !== 'migrate-backup')
      expect(readdirSync(join(home.root, 'backups'))).toHaveLength(end === 'finished' ? 1 : 0)
    if (end === 'taken back') expect((await mh(home, IN_PLACE)).json).toMatchObject({verified: true, memories: 20})
    if (!ROLLED_BACK.includes(point)) return
    expect((await mh(home, ['migrate', 'rollback', '@last'])).exitCode).toBe(0)
    expect(treeOf(home.root, (path) => isPersonal(path) && before[path] !== undefined)).toEqual(before)
  })

  it.each([
    'migrate-returned',
    'migrate-returned:15',
    'migrate-moved-back',
    'account-archived',
    'migrate-journal-removed'
  ])('and whose taking back is killed at "%s" is taken back by the command after that', async (point) => {
    const {home, before} = prepared()
    await mh(home, IN_PLACE, {env: {MH_FAULT: 'migrate-moved:30'}})
    const killed = await mh(home, ['status'], {env: {MH_FAULT: point}})
    expect(killed.signal).toBe('SIGKILL')
    expectNothingLost(home, before)
    const left = point === 'migrate-journal-removed'
    if (left) await doctor(home, '--fix')
    expect(await expectAllOrNothing(home, before, left ? files : undefined)).toBe('taken back')
  })

  it('is told by doctor, which ends it with --fix', async () => {
    const {home, before} = prepared()
    await mh(home, IN_PLACE, {env: {MH_FAULT: 'migrate-moved:30'}})
    const found = await doctor(home)
    expect(found).toContain('INTERRUPTED_MIGRATION')
    expect(found).not.toContain('TEMPORARY_FILES')
    await doctor(home, '--fix')
    expect(await expectAllOrNothing(home, before, files)).toBe('taken back')
  })

  it('keeps what somebody put into the new profile meanwhile', async () => {
    const {home, before} = prepared()
    await mh(home, IN_PLACE, {env: {MH_FAULT: 'migrate-moved:30'}})
    const folder = join(home.root, 'profiles/ada/memory/episodic/2026/01')
    mkdirSync(folder, {recursive: true})
    writeFileSync(join(folder, 'evt-new.json'), '{"id":"evt-new","timestamp":"2026-01-01T00:00:00Z","content":"new"}')
    expect((await mh(home, ['memory', 'list', '-u', 'ada', '--json'])).json.total).toBe(1)
    expect(treeOf(home.root, isPersonal)).toEqual(before)
  })
})

describe('a migration at the data root whose disk fails', () => {
  it.each([
    'write=ENOSPC',
    'migrate-journal=EIO',
    'migrate-account=EIO',
    'migrate-moved:30=EIO',
    'migrate-lines=ENOSPC',
    'migrate-verified=EIO'
  ])('with "%s" says so, and leaves everything where it was', async (fault) => {
    const {home, before} = prepared()
    const failed = await mh(home, IN_PLACE, {env: {MH_FAULT: fault}})
    expect(failed.exitCode).toBe(1)
    expect(failed.json.error.message).not.toBe('')
    expect(await expectAllOrNothing(home, before)).toBe('taken back')
  })
})

describe('a disk that is full', () => {
  /** Leaves only so much of the disk. @returns what makes room again */
  function fill({root}: Home, left: number): () => void {
    const path = join(root, 'filler.bin')
    const {bavail, bsize} = statfsSync(root)
    writeFileSync(path, Buffer.alloc(bavail * bsize - left))
    return () => rmSync(path)
  }

  const KILOBYTE = 1024
  const full = {exitCode: 1, json: {error: {message: expect.stringContaining('the disk is full')}}}

  it('leaves everything at the data root, and takes a migration back once there is room', async (context) => {
    const home = temporaryHome()
    const refused = smallDisk(home.root, '8m')
    if (refused !== undefined) return context.skip(refused)
    const {before} = prepared(home)
    // What does not compress, an adapter, has 300,000 bytes: its backup does not fit.
    let makeRoom = fill(home, 250 * KILOBYTE)
    expect(await mh(home, IN_PLACE)).toMatchObject(full)
    expect(await expectAllOrNothing(home, before)).toBe('taken back')
    expect(readdirSync(join(home.root, 'backups'))).toEqual([])
    makeRoom()
    const {backup} = (await mh(home, IN_PLACE)).json
    const moved = treeOf(home.root, (path) => /^profiles(?:$|\/ada(?:$|\/(?!logs|\.tmp)))/.test(path))
    const rollBack = () => mh(home, ['migrate', 'rollback', backup, '--json'])
    for (const [left, said] of [
      [250, 'needs 1 MiB, and 0 MiB are free'],
      // What was moved can be unpacked, and what the profile has become cannot be kept.
      [750, 'the disk is full']
    ] as const) {
      makeRoom = fill(home, left * KILOBYTE)
      const refused = await rollBack()
      expect([refused.exitCode, refused.json.error.message]).toEqual([1, expect.stringContaining(said)])
      expect(treeOf(home.root, (path) => path in moved)).toEqual(moved)
      expect(readdirSync(join(home.root, '.tmp'))).toEqual([])
      makeRoom()
    }
    expect((await rollBack()).exitCode).toBe(0)
    expect(treeOf(home.root, (path) => isPersonal(path) && path in before)).toEqual(before)
  })

  it.for([
    ['while it is copied', 250],
    ['while the copy is backed up', 750]
  ] as const)('leaves nothing of a copy: %s', async ([_when, left], context) => {
    const home = temporaryHome()
    const refused = smallDisk(home.root, '8m')
    if (refused !== undefined) return context.skip(refused)
    await people(home, 'root')
    const old = join(home.home, 'old')
    makeLegacy(old, {memories: 5})
    const source = treeOf(old)
    fill(home, left * KILOBYTE)
    const present = (): Tree => files(treeOf(home.root, (path) => !/^(?:logs|cache)/.test(path)))
    const before = present()
    expect(await mh(home, ['migrate', '--username', 'ada', '--from', old, '--json'])).toMatchObject(full)
    expect(present()).toEqual(before)
    expect(treeOf(old)).toEqual(source)
    expect((await mh(home, ['user', 'list', '--json'])).json).toMatchObject([{username: 'root'}])
  })
})

describe('a copy that is killed', () => {
  it.each([
    'migrate-copied:10',
    'migrate-backup',
    'migrate-journal',
    'migrate-moved:30',
    'migrate-committed',
    'migrate-cleared'
  ])('at "%s" leaves its source as it was, and a profile whole or none', async (point) => {
    const home = temporaryHome()
    await people(home, 'root')
    const old = join(home.home, 'old')
    makeLegacy(old, {memories: 20})
    const before = treeOf(old)
    const command = ['migrate', '--username', 'ada', '--from', old, '--json']
    const killed = await mh(home, command, {env: {MH_FAULT: point}})
    // What is cleared lies at the data root; a copy goes with its folder.
    expect(killed.signal).toBe(point === 'migrate-cleared' ? undefined : 'SIGKILL')
    const {json: users} = await mh(home, ['user', 'list', '--json'])
    if (users.length === 1) expect((await mh(home, command)).json).toMatchObject({verified: true})
    expect((await mh(home, ['memory', 'list', '--json', '-u', 'ada'])).json.total).toBe(20)
    expect(treeOf(old)).toEqual(before)
    expect(files(treeOf(join(home.root, 'profiles/ada')))).toMatchObject(files(treeOf(old, isPersonal)))
  })
})

describe('a rollback that is killed', () => {
  it.each(['write', 'rollback-restored', 'account-journal', 'account-users', 'account-archived', 'rollback-removed'])(
    'at "%s" loses nothing, and is run again',
    async (point) => {
      const {home, before} = prepared()
      const {backup} = (await mh(home, IN_PLACE)).json
      const killed = await mh(home, ['migrate', 'rollback', backup], {env: {MH_FAULT: point}})
      expect(killed.signal).toBe('SIGKILL')
      const again = await mh(home, ['migrate', 'rollback', backup, '--json'])
      expect([again.exitCode, again.stderr]).toEqual([0, ''])
      expect(treeOf(home.root, (path) => isPersonal(path) && before[path] !== undefined)).toEqual(before)
      expect(readdirSync(join(home.root, 'profiles'))).toEqual(['root'])
      verifiedTrail(join(home.root, 'profiles/root/logs/audit'))
    }
  )
})

it('a journal that leads elsewhere is not followed', async () => {
  const {home, before} = prepared()
  await mh(home, IN_PLACE, {env: {MH_FAULT: 'migrate-moved:30'}})
  const path = join(home.root, 'logs/run/migration.json')
  const journal = JSON.parse(readFileSync(path, 'utf8'))
  journal.moves[0].path = '../../outside.json'
  writeFileSync(path, JSON.stringify(journal))
  const {exitCode, json} = await mh(home, ['user', 'list', '--json'])
  expect([exitCode, json.error.code]).toEqual([1, 'UNREADABLE_FILE'])
  expect(existsSync(join(home.root, '../outside.json'))).toBe(false)
  journal.moves[0].path = 'persona/core.json'
  writeFileSync(path, JSON.stringify(journal))
  expect(await expectAllOrNothing(home, before)).toBe('taken back')
})

it('lines that the old system went on to write are left to it', async () => {
  const {home} = prepared()
  await mh(home, IN_PLACE, {env: {MH_FAULT: 'migrate-committed'}})
  const day = join(home.root, 'logs/audit/2025-11-05.ndjson')
  appendFileSync(day, '{"event":"late"}\n')
  await mh(home, ['user', 'list'])
  expect(readFileSync(day, 'utf8')).toBe('{"event":"late"}\n')
})

it('the backup of a copy that never came to anything takes nothing from the profile', async () => {
  const home = temporaryHome()
  await people(home, 'root', 'ada')
  const old = join(home.home, 'old')
  makeLegacy(old, {memories: 5})
  await mh(home, ['migrate', '--username', 'ada', '--from', old], {env: {MH_FAULT: 'migrate-backup'}})
  await mh(home, ['persona', 'set', 'identity.role', 'captain', '-u', 'ada'])
  const {exitCode, json} = await mh(home, ['migrate', 'rollback', '@last', '--json'])
  expect([exitCode, json.previous, json.accountRemoved]).toEqual([0, null, false])
  expect((await mh(home, ['persona', 'show', '-u', 'ada', '--json'])).json.identity.role).toBe('captain')
})
