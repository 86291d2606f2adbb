import {createHash} from 'node:crypto'
import {appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:net'
import {join} from 'node:path'
import {describe, expect, it, onTestFinished} from 'vitest'
import {type Home, temporaryHome} from '../support/home.ts'
import {mh, people, type RunOptions} from '../support/mh.ts'
import {describeWithPostgres, newDatabase, type TestDatabase, testDatabase} from '../support/postgres.ts'
import {openTerminal} from '../support/terminal.ts'

/** Every file of every profile, with what is in it. */
function profilesOf(root: string): Record<string, string> {
  const folder = join(root, 'profiles')
  return Object.fromEntries(
    readdirSync(folder, {recursive: true, withFileTypes: true})
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), createHash('sha256').update(readFileSync(path)).digest('hex')])
  )
}

const prepared = (): Promise<TestDatabase> => testDatabase(onTestFinished)
const over = ({address}: {address: string}, more: RunOptions = {}): RunOptions => ({
  ...more,
  env: {...more.env, MH_STORE: address}
})
const passwordIn = (address: string): string => new URL(address).password

/** People with something of every kind, and what cannot be read. */
async function filledHome(): Promise<Home> {
  const home = temporaryHome()
  await people(home, 'ada', 'bob')
  const {id} = (await mh(home, ['capture', 'Met Grace at the harbour', '--tag', 'sea', '--json'])).json
  await mh(home, ['memory', 'edit', id, '--content', 'Met Grace at the pier'])
  await mh(home, ['capture', 'A mistake'])
  await mh(home, ['memory', 'delete', '@last'])
  await mh(home, ['capture', '-u', 'bob', 'Bought opera tickets'])
  await mh(home, ['task', 'add', 'Call the plumber'])
  await mh(home, ['task', 'add', 'Done already'])
  await mh(home, ['task', 'done', '@last'])
  await mh(home, ['persona', 'set', 'identity.role', 'sailor'])
  await mh(home, ['config', 'set', 'timezone', 'Asia/Tokyo'])
  await mh(home, ['user', 'create', 'eve'])
  await mh(home, ['user', 'delete', 'eve', '--yes'])
  const profile = join(home.root, 'profiles/ada')
  writeFileSync(join(profile, 'memory/episodic/damaged.json'), '{"id": "evt-1", ')
  // Deeper than what is read of any file.
  writeFileSync(
    join(profile, 'memory/episodic/deep.json'),
    `{"id": "evt-2", "timestamp": "2026-05-04", "content": "deep", "metadata": {"x": ${'['.repeat(600)}${']'.repeat(600)}}}`
  )
  writeFileSync(join(profile, 'memory/inbox/letter.txt'), 'Dear Ada')
  writeFileSync(join(profile, 'out/picture.bin'), Buffer.from(Array.from({length: 999}, (_, at) => at % 256)))
  return home
}

describeWithPostgres('a store over PostgreSQL', () => {
  it('lets a conversation at the terminal go on as somebody else', async () => {
    const database = await prepared()
    const home = temporaryHome()
    for (const name of ['ada', 'bob']) await mh(home, ['user', 'create', name], over(database))
    const terminal = openTerminal(home, ['chat'], {NO_COLOR: '1', MH_STORE: database.address})
    await terminal.sees('ada> ')
    terminal.type('/user bob\r')
    await terminal.sees('bob> ')
    terminal.type('/exit\r')
    expect(await terminal.exitCode).toBe(0)
  })

  it('is prepared once, by whoever owns the database, and tells what it is', async () => {
    const {address, drop} = await newDatabase()
    onTestFinished(drop)
    const home = temporaryHome()
    expect(await mh(home, ['user', 'list'], over({address}))).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/is not prepared\n.*mh store upgrade/)
    })
    expect((await mh(home, ['store', 'status', '--json'], over({address}))).json).toMatchObject({
      store: 'postgres',
      schema: 0,
      latest: 2
    })
    const upgraded = await mh(home, ['store', 'upgrade', '--address', address, '--json'])
    expect(upgraded.json).toMatchObject({from: 0, to: 2})
    expect((await mh(home, ['store', 'upgrade'], over({address}))).stdout).toContain('has schema 2 already')
    const status = await mh(home, ['store', 'status', '--json'], over({address}))
    expect(status.json).toMatchObject({store: 'postgres', schema: 2, latest: 2, server: expect.stringMatching(/^\d+/)})
    expect((await mh(home, ['store', 'status', '--json'])).json).toMatchObject({store: 'files', schema: null})
    for (const {stdout, stderr} of [upgraded, status]) expect(stdout + stderr).not.toContain(passwordIn(address))

    expect(await mh(home, ['user', 'create', 'ada'], over({address}))).toMatchObject({exitCode: 0})
    await mh(home, ['capture', 'Met Grace at the harbour'], over({address}))
    const found = (await mh(home, ['remember', 'harbour', '--json'], over({address}))).json
    expect(JSON.stringify(found)).toContain('Met Grace at the harbour')
    // Another machine.
    const elsewhere = temporaryHome()
    expect((await mh(elsewhere, ['memory', 'list', '-u', 'ada', '--json'], over({address}))).json.total).toBe(1)
    expect(readdirSync(home.root)).not.toContain('profiles')
  })

  it('may be named by a setting', async () => {
    const database = await prepared()
    const home = temporaryHome()
    await people(home, 'ada')
    await mh(home, ['capture', 'in files'])
    const {address} = database
    const set = await mh(home, ['config', 'set', 'store.url', address])
    expect([set.exitCode, set.stderr]).toEqual([0, expect.not.stringContaining(passwordIn(address))])
    expect(set.stdout).not.toContain(passwordIn(address))
    expect((await mh(home, ['user', 'list', '--json'])).json).toEqual([])
    await mh(home, ['user', 'create', 'bob'])
    const shown = await mh(home, ['config', 'list', '-u', 'bob'])
    expect(shown.stdout).toContain('store.url')
    expect(shown.stdout).not.toContain(passwordIn(address))
    // The variable goes before it, "files" too.
    expect((await mh(home, ['user', 'list', '--json'], {env: {MH_STORE: 'files'}})).json).toMatchObject([
      {username: 'ada'}
    ])
    await mh(home, ['config', 'unset', 'store.url', '-u', 'bob'])
    expect((await mh(home, ['memory', 'list', '-u', 'ada', '--json'])).json.total).toBe(1)
  })

  it('says what is wrong, and never the password', async () => {
    const database = await prepared()
    const home = temporaryHome()
    const url = new URL(database.address)
    const secret = 'top-secret-word'
    const wrongPassword = new URL(url)
    wrongPassword.password = secret
    const noPassword = new URL(url)
    noPassword.password = ''
    const encrypted = new URL(url)
    encrypted.searchParams.set('sslmode', 'require')
    const noDatabase = new URL(url)
    noDatabase.pathname = '/mh_no_such_database'
    const nobody = createServer()
    await new Promise<void>((resolve) => nobody.listen(0, '127.0.0.1', resolve))
    const {port} = nobody.address() as {port: number}
    await new Promise((resolve) => nobody.close(resolve))
    const cases: [string, string, RegExp, number][] = [
      [wrongPassword.href, 'STORE_DENIED', /refused the name or the password/, 1],
      [noPassword.href, 'STORE_DENIED', /refused the name or the password/, 1],
      [encrypted.href, 'STORE_UNREACHABLE', /it does not encrypt/, 1],
      [noDatabase.href, 'STORE_DENIED', /has no database of that name/, 1],
      [`postgres://ada:${secret}@127.0.0.1:${port}/mh`, 'STORE_UNREACHABLE', /nobody listens there/, 1],
      [`postgres://ada:${secret}@no-such-host.invalid/mh`, 'STORE_UNREACHABLE', /no host of that name/, 1],
      [`mysql://ada:${secret}@127.0.0.1/mh`, 'INVALID_STORE', /no address of a store/, 2],
      [`ada:${secret}`, 'INVALID_STORE', /no address of a store/, 2]
    ]
    for (const [address, code, message, exitCode] of cases)
      for (const args of [
        ['capture', 'x'],
        ['store', 'status'],
        ['store', 'upgrade']
      ]) {
        const refused = await mh(home, [...args, '--json'], over({address}))
        const {error} = refused.json
        expect([args, error.code, refused.exitCode]).toEqual([args, code, exitCode])
        expect(error.message).toMatch(message)
        expect(error.hint).toBeTruthy()
        expect(refused.stdout + refused.stderr).not.toMatch(new RegExp(`${secret}|${url.password}`))
      }
  })

  it('is refused where its schema is newer, or it takes no writes', async () => {
    const database = await prepared()
    const home = temporaryHome()
    await mh(home, ['user', 'create', 'ada'], over(database))
    const name = new URL(database.address).pathname.slice(1)
    await database.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`)
    expect((await mh(home, ['memory', 'list'], over(database))).exitCode).toBe(0)
    expect((await mh(home, ['capture', 'x', '--json'], over(database))).json.error).toMatchObject({
      code: 'STORE_READ_ONLY',
      message: expect.stringContaining('nothing was kept')
    })
    await database.query(`SET default_transaction_read_only = off`)
    await database.query(`ALTER DATABASE ${name} RESET default_transaction_read_only`)
    expect((await mh(home, ['memory', 'list', '--json'], over(database))).json.total).toBe(0)
    await database.query(`INSERT INTO migration (number, name) VALUES (99, 'of a later mh')`)
    for (const args of [
      ['memory', 'list'],
      ['store', 'upgrade']
    ])
      expect((await mh(home, [...args, '--json'], over(database))).json.error).toMatchObject({
        code: 'STORE_NEWER',
        message: expect.stringMatching(/schema 99.*this mh knows 2/)
      })
  })

  it('can be worked in by a role that may do no more than mh', async () => {
    const database = await prepared()
    const home = temporaryHome()
    const role = `mh_server_${process.pid}_${Date.now()}`
    await database.query(`CREATE ROLE ${role} LOGIN PASSWORD 'plain-sailing' NOINHERIT`)
    const url = new URL(database.address)
    url.username = role
    url.password = 'plain-sailing'
    onTestFinished(() => database.query(`DROP ROLE ${role}`).then(() => {}))
    expect((await mh(home, ['user', 'list', '--json'], over({address: url.href}))).json.error).toMatchObject({
      code: 'STORE_DENIED',
      hint: expect.stringContaining('--grant')
    })
    await mh(home, ['store', 'upgrade', '--address', database.address, '--grant', role])
    expect(await mh(home, ['user', 'create', 'ada'], over({address: url.href}))).toMatchObject({exitCode: 0})
    expect((await mh(home, ['capture', 'x', '--json'], over({address: url.href}))).json).toMatchObject({content: 'x'})
  })

  it('says plainly what only files can do', async () => {
    const database = await prepared()
    const home = temporaryHome()
    await mh(home, ['user', 'create', 'ada'], over(database))
    for (const args of [
      ['backup', 'create'],
      ['user', 'export', 'ada', '--output', join(home.home, 'x.tar')],
      ['migrate', '--username', 'ada', '--from', home.home, '--yes'],
      ['training', 'export'],
      ['training', 'run'],
      ['training', 'status'],
      ['adapter', 'list'],
      ['adapter', 'use', 'x']
    ]) {
      const refused = await mh(home, [...args, '--json'], over(database))
      expect([args, refused.exitCode, refused.json.error?.code]).toEqual([args, 2, 'NEEDS_FILES'])
      expect(refused.json.error.message).not.toContain('A path in a profile')
    }
    const folder = join(home.home, 'dataset')
    expect((await mh(home, ['training', 'export', '-o', folder, '--json'], over(database))).json.path).toBe(folder)
  })
})

/** What only a person has who lives with it: a conversation, a facet, runs of agents and what they did, an undone edit, a token. */
async function live(home: Home): Promise<void> {
  writeFileSync(join(home.root, 'profiles/ada/memory/inbox/old.txt'), 'An old letter about lighthouses')
  await mh(home, ['agents', 'run', 'ingestor'])
  await mh(home, ['agents', 'run', 'organizer'])
  await mh(home, ['chat', 'Where did I meet Grace?'])
  await mh(home, ['memory', 'edit', '@last', '--tag', 'undone'])
  await mh(home, ['memory', 'undo', '@last'])
  await mh(home, ['facet', 'use', 'poet'])
  await mh(home, ['token', 'create', '--name', 'script'])
  writeFileSync(join(home.root, 'profiles/ada/memory/inbox/letter.txt'), 'Dear Ada')
}

/** What is told of all that, wherever it is kept. */
function told(home: Home, options: RunOptions): Promise<unknown[]> {
  const commands = [
    ['memory', 'list'],
    ['chat', 'sessions'],
    ['agents', 'runs'],
    ['facet', 'list'],
    ['token', 'list'],
    ['task', 'list', '--all'],
    ['memory', 'trash'],
    ['memory', 'stats']
  ]
  return Promise.all(
    commands.map(async (args) => {
      const {indexBytes, ...answer} = (await mh(home, [...args, '-u', 'ada', '--json'], options)).json
      return answer
    })
  )
}

const without = (value: unknown, ...keys: string[]): unknown =>
  JSON.parse(JSON.stringify(value, (key, one) => (keys.includes(key) ? undefined : one)))

describeWithPostgres('a copy of everybody', () => {
  it('to PostgreSQL and back gives equal folders, changes nothing at the source, and works', {
    timeout: 120_000
  }, async () => {
    const database = await prepared()
    const home = await filledHome()
    await live(home)
    const wanted = await told(home, {})
    expect(wanted.map((answer) => Object.keys(answer as object).length > 0)).toEqual(wanted.map(() => true))
    const before = profilesOf(home.root)
    const copied = await mh(home, ['store', 'copy', '--to', database.address, '--json'])
    expect(copied.stderr).toBe('')
    expect(copied.json).toMatchObject({
      people: [
        {username: 'ada', status: 'copied'},
        {username: 'bob', status: 'copied'}
      ],
      leftOut: ['damaged', 'deep'].map((name) => ({username: 'ada', path: `memory/episodic/${name}.json`, kept: true})),
      verified: true
    })
    expect(copied.stdout).not.toContain(passwordIn(database.address))
    expect(profilesOf(home.root)).toEqual(before)

    const back = join(home.home, 'back')
    expect((await mh(home, ['store', 'copy', '--to', back, '--json', '-u', 'ada'], over(database))).json).toMatchObject(
      {
        people: [{status: 'copied'}, {status: 'copied'}],
        verified: true
      }
    )
    expect(profilesOf(back)).toEqual(before)

    // A path says where it is kept; and no file can be made to have been moved at another time than now.
    expect(without(await told(home, over(database)), 'path')).toEqual(without(wanted, 'path'))
    const onFiles = without(await told(home, {env: {MH_HOME: back}}), 'path', 'deletedAt')
    expect(onFiles).toEqual(without(wanted, 'path', 'deletedAt'))
    for (const options of [over(database), {env: {MH_HOME: back}}]) {
      expect((await mh(home, ['remember', 'pier', '-u', 'ada', '--json'], options)).stdout).toContain('Met Grace')
      expect((await mh(home, ['remember', 'pier', '-u', 'bob', '--json'], options)).stdout).not.toContain('Met Grace')
      expect((await mh(home, ['persona', 'show', '-u', 'ada', '--json'], options)).stdout).toContain('sailor')
      expect(await mh(home, ['audit', 'verify', '--all-users', '-u', 'ada'], options)).toMatchObject({exitCode: 0})
    }
  })

  it('that was stopped goes on, and where one of the two was used since it says so', async () => {
    const database = await prepared()
    const home = await filledHome()
    const copy = (to: string, options?: RunOptions) =>
      mh(home, ['store', 'copy', '--to', to, '--json', '-u', 'ada'], options)
    expect((await copy(database.address)).json.verified).toBe(true)
    // As a copy leaves it that was killed before the second person.
    await database.query("DELETE FROM account WHERE name = 'bob'")
    expect((await copy(database.address)).json.people).toMatchObject([
      {username: 'ada', status: 'there'},
      {username: 'bob', status: 'copied'}
    ])
    const back = join(home.home, 'back')
    await copy(back, over(database))
    rmSync(join(back, 'persona/users.json'))
    rmSync(join(back, 'profiles/bob'), {recursive: true})
    expect((await copy(back, over(database))).json.people).toMatchObject([{status: 'there'}, {status: 'copied'}])
    expect(profilesOf(back)).toEqual(profilesOf(home.root))

    appendFileSync(join(home.root, 'profiles/bob/persona/core.json'), '\n')
    const refused = await copy(database.address)
    expect([refused.exitCode, refused.json.error]).toMatchObject([
      5,
      {code: 'COPY_DIFFERS', message: expect.stringContaining('bob is at postgres://')}
    ])
    rmSync(join(back, 'persona/users.json'))
    writeFileSync(join(back, 'profiles/ada/out/more.txt'), 'x')
    expect((await copy(back, over(database))).json.error).toMatchObject({
      code: 'COPY_DIFFERS',
      message: expect.stringContaining('out/more.txt')
    })
  })

  it('is an administrator’s, goes to the other kind of store only, and into no folder that is in use', async () => {
    const database = await prepared()
    const home = temporaryHome()
    const copy = async (to: string, ...more: string[]) =>
      (await mh(home, ['store', 'copy', '--to', to, '--json', ...more])).json.error.code
    expect(await copy(database.address)).toBe('NO_USERS')
    await people(home, 'ada', 'bob')
    expect(await copy(database.address, '-u', 'bob')).toBe('NOT_ADMINISTRATOR')
    expect(await copy(join(home.home, 'x'))).toBe('SAME_STORE')
    await mh(home, ['store', 'copy', '--to', database.address])
    const used = await mh(home, ['store', 'copy', '--to', home.root, '--json', '-u', 'ada'], over(database))
    expect([used.exitCode, used.json.error.code]).toEqual([2, 'FOLDER_IN_USE'])
  })
})

describe('files', () => {
  it('load nothing of a database', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const {stdout} = await mh(home, ['store', 'status'])
    expect(stdout).toBe(`Files at ${home.root}\n`)
  })
})
