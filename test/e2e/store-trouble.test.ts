import {readdirSync, readFileSync} from 'node:fs'
import {connect, createServer} from 'node:net'
import {join} from 'node:path'
import {execa} from 'execa'
import {expect, it, onTestFinished} from 'vitest'
import {temporaryHome} from '../support/home.ts'
import {BIN, environment, mh, people} from '../support/mh.ts'
import {describeWithPostgres, newDatabase, startedServer, testDatabase} from '../support/postgres.ts'

describeWithPostgres('a store', () => {
  it('that stops in the middle of a batch is told, and has everything that was acknowledged', async () => {
    const server = await startedServer()
    const home = temporaryHome()
    const env = {MH_STORE: server.address}
    await mh(home, ['user', 'create', 'ada'], {env})
    const lines = Array.from({length: 60_000}, (_, at) => `number ${at} ${'word '.repeat(20)}`)
    const running = execa(process.execPath, [BIN, 'capture', '--batch'], {
      env: environment(home, env),
      extendEnv: false,
      reject: false,
      input: lines.join('\n')
    })
    await new Promise((resolve) => running.stdout.once('data', resolve))
    server.stop()
    const {stdout, stderr, exitCode} = await running
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/cannot be reached.*\n.*Nothing was acknowledged/)])
    const acknowledged = stdout.split('\n').filter((line) => line.startsWith('evt-'))
    expect(acknowledged.length).toBeGreaterThan(0)
    expect(acknowledged.length).toBeLessThan(lines.length)

    server.start()
    const {total} = (await mh(home, ['memory', 'list', '--json'], {env})).json
    // The last part may be kept without having been acknowledged.
    expect(total - acknowledged.length).toBeOneOf([0, 512])
    for (const id of [acknowledged[0], acknowledged.at(-1)])
      expect((await mh(home, ['memory', 'show', String(id), '--json'], {env})).json.content).toMatch(/^number/)
  })

  it('that a copy is on its way to, or from, takes a killed one up where it was', {timeout: 120_000}, async () => {
    const database = await testDatabase(onTestFinished)
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    await mh(home, ['capture', 'Met Grace at the harbour'])
    await mh(home, ['capture', 'Bought opera tickets', '-u', 'bob'])
    const copy = (to: string, env: Record<string, string>) =>
      mh(home, ['store', 'copy', '--to', to, '--json', '-u', 'ada'], {env})
    // Each person is one change, and what is nobody's is the last; each is killed before it is durable, and after.
    for (const fault of ['audited:1', 'committed:1', 'audited:1', 'committed:1', 'audited:1', 'committed:1'])
      expect((await copy(database.address, {MH_FAULT: fault})).signal).toBe('SIGKILL')
    const copied = (await copy(database.address, {})).json
    expect(copied).toMatchObject({verified: true, people: [{status: 'there'}, {status: 'there'}]})

    const back = join(home.home, 'back')
    const store = {MH_STORE: database.address}
    let killed = 0
    for (const step of ['write', 'sync', 'rename', 'renamed'])
      for (let time = 1; time <= 2; time++)
        if ((await copy(back, {...store, MH_FAULT: `${step}:${time}`})).signal === 'SIGKILL') killed++
    expect(killed).toBeGreaterThan(4)
    expect((await copy(back, store)).json).toMatchObject({verified: true, people: [{}, {}]})
    const contents = (root: string) =>
      readdirSync(join(root, 'profiles'), {recursive: true, withFileTypes: true})
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((path) => [path.slice(root.length), readFileSync(path, 'utf8')])
        .sort()
    expect(contents(back)).toEqual(contents(home.root))
    expect((await mh(home, ['audit', 'verify', '--all-users', '-u', 'ada'], {env: {MH_HOME: back}})).exitCode).toBe(0)
  })

  it('whose server is too old is refused with its version', async () => {
    const {address, drop} = await newDatabase()
    onTestFinished(drop)
    const old = await pretending(new URL(address), '130011')
    const home = temporaryHome()
    const refused = await mh(home, ['store', 'upgrade', '--address', old.href, '--json'])
    expect([refused.exitCode, refused.json.error]).toMatchObject([
      1,
      {code: 'STORE_TOO_OLD', message: expect.stringContaining('is PostgreSQL 13'), hint: 'Use 14 or newer'}
    ])
    expect((await mh(home, ['store', 'status', '--json'], {env: {MH_STORE: address}})).json.schema).toBe(0)
  })
})

/** The server as it is, but for the number of its version. @returns its address */
async function pretending(real: URL, version: string): Promise<URL> {
  const between = createServer((client) => {
    const server = connect(Number(real.port), real.hostname)
    client.pipe(server)
    server.on('data', (bytes) =>
      client.write(Buffer.from(bytes.toString('latin1').replace(/(?<![\d.])1[4-9]\d{4}(?=C)/, version), 'latin1'))
    )
    for (const side of [client, server])
      side.on('error', () => {}).on('close', () => [client, server].map((one) => one.destroy()))
  })
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void between.close())
  const url = new URL(real)
  url.port = String((between.address() as {port: number}).port)
  return url
}
