import {connect, createServer} from 'node:net'
import {execa} from 'execa'
import {expect, it, onTestFinished} from 'vitest'
import {temporaryHome} from '../support/home.ts'
import {BIN, environment, mh} from '../support/mh.ts'
import {describeWithPostgres, newDatabase, startedServer} from '../support/postgres.ts'

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
