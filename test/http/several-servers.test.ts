import {beforeAll, beforeEach, expect, it} from 'vitest'
import {enterContext} from '../../src/core/backend.ts'
import {requireUser} from '../../src/core/users/accounts.ts'
import {invite} from '../../src/core/users/invitations.ts'
import {issueSignInLink} from '../../src/core/users/sign-in.ts'
import {temporaryHome} from '../support/home.ts'
import {
  describeWithPostgres,
  inTemporaryStore,
  startedServer,
  type TestDatabase,
  testDatabase
} from '../support/postgres.ts'
import {makePeople} from '../support/profile.ts'
import {type Served, startServe} from '../support/serve.ts'
import {type Browser, browserOf, PASSWORD} from '../support/web.ts'

describeWithPostgres('several servers over one database', () => {
  let database: TestDatabase
  let first: Served
  let second: Served

  beforeAll(async () => {
    database = await testDatabase()
  })
  beforeEach(async () => {
    await inTemporaryStore(database)
    // Each as on a machine of its own.
    ;[first, second] = await Promise.all([startServe(temporaryHome()), startServe(temporaryHome())])
  })

  /** The same browser, as a proxy leads it to another server. */
  function led(browser: Browser, {url}: Served): Browser {
    const elsewhere = browserOf(url)
    for (const [name, value] of browser.cookies) elsewhere.cookies.set(name, value)
    return elsewhere
  }
  const meOf = async (browser: Browser) => (await browser.ask('/api/auth/me')).status

  it('know each other’s sessions, invitations, links and setup tokens', async () => {
    const ada = browserOf(second.url)
    const made = await ada.ask('/api/auth/register', {
      json: {username: 'ada', password: PASSWORD, token: first.setupToken}
    })
    expect([made.status, made.json]).toMatchObject([201, {role: 'owner'}])
    expect(await meOf(led(ada, first))).toBe(200)
    await led(ada, first).ask('/api/capture', {json: {content: 'Met Grace at the harbour'}})
    expect((await ada.ask('/api/memories')).json.total).toBe(1)

    const context = {...(await requireUser('ada')), userId: (await requireUser('ada')).id, role: 'owner' as const}
    const {token} = await enterContext(context, () => invite())
    const register = (url: string, username: string) =>
      browserOf(url).ask('/api/auth/register', {json: {username, password: PASSWORD, token}})
    const answers = await Promise.all([register(first.url, 'bob'), register(second.url, 'carl')])
    expect(answers.map(({status}) => status).sort()).toEqual([201, 403])

    const link = await issueSignInLink(await requireUser('ada'))
    const followed = await Promise.all([first, second].map(({url}) => browserOf(url).ask(`/link/${link}`)))
    expect(followed.map(({status}) => status).sort()).toEqual([200, 401])

    const elsewhere = led(ada, first)
    expect((await ada.ask('/api/auth/logout', {method: 'POST'})).status).toBe(200)
    expect(await meOf(elsewhere)).toBe(401)
  })

  it('count wrong passwords together', async () => {
    await makePeople('ada')
    const status = async ({url}: Served) => (await browserOf(url).signIn('ada', 'a wrong one')).status
    const told: number[] = []
    for (const server of [first, second, first, second, first, second, first]) told.push(await status(server))
    expect(told).toEqual([401, 401, 401, 401, 401, 429, 429])
  })

  it('say how they are to whoever sends them requests, by any name', async () => {
    for (const {url} of [first, second])
      for (const path of ['/healthz', '/readyz'])
        expect(await (await fetch(`${url}${path}`, {headers: {host: 'balancer.internal'}})).json()).toEqual({ok: true})
    expect((await first.end()).exitCode).toBe(0)
    expect((await fetch(`${second.url}/readyz`)).status).toBe(200)
  })

  it('are not ready while their store is away', async () => {
    const server = await startedServer()
    process.env.MH_STORE = server.address
    const {url} = await startServe(temporaryHome())
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    server.stop()
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    expect((await fetch(`${url}/readyz`)).status).toBe(503)
    const refused = await browserOf(url).signIn('ada')
    expect([refused.status, refused.json.error.code]).toEqual([503, 'STORE_UNREACHABLE'])
    server.start()
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    expect((await browserOf(url).signIn('ada')).status).toBe(401)
  })
})
