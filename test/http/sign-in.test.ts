import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it, onTestFinished, vi} from 'vitest'
import {enterContext} from '../../src/core/backend.ts'
import {writeSetting} from '../../src/core/config/settings.ts'
import {requireUser} from '../../src/core/users/accounts.ts'
import {deleteUser} from '../../src/core/users/delete.ts'
import {invite} from '../../src/core/users/invitations.ts'
import {hashOf} from '../../src/core/users/issued/secret.ts'
import {issuedStore} from '../../src/core/users/issued/store.ts'
import {setPassword} from '../../src/core/users/passwords.ts'
import {setRole} from '../../src/core/users/role.ts'
import {listSessions, revokeSessions} from '../../src/core/users/sessions.ts'
import {issueSignInLink} from '../../src/core/users/sign-in.ts'
import {createToken, listTokens, revokeToken} from '../../src/core/users/tokens.ts'
import {systemTrail, trailOf} from '../support/audit.ts'
import {inTemporaryHome} from '../support/home.ts'
import {makePeople} from '../support/profile.ts'
import {PASSWORD, startWeb} from '../support/web.ts'

const OTHER_PASSWORD = 'brave turnips whistle at dawn'

describe('registering', () => {
  it('makes the first account only with the setup token, and never a second with it', async () => {
    inTemporaryHome()
    const web = await startWeb()
    const browser = web.browser()
    const wanted = {username: 'ada', password: PASSWORD}
    for (const token of [undefined, '', 'x', `${web.setup.secret}x`]) {
      const refused = await browser.ask('/api/auth/register', {json: {...wanted, token}})
      expect([refused.status, refused.json.error.code]).toEqual([403, 'REGISTRATION_REFUSED'])
    }
    const made = await browser.ask('/api/auth/register', {json: {...wanted, token: web.setup.secret}})
    expect(made.status).toBe(201)
    expect(made.json).toMatchObject({username: 'ada', role: 'owner'})
    expect(made.text).not.toMatch(/path|hash/i)
    expect((await browser.ask('/api/auth/me')).json).toMatchObject({username: 'ada'})

    const second = {username: 'bob', password: PASSWORD, token: web.setup.secret}
    expect((await web.browser().ask('/api/auth/register', {json: second})).status).toBe(403)
  })

  it('takes an invitation once, and gives the role that it says', async () => {
    inTemporaryHome()
    const {ada, bob} = await makePeople('ada', 'bob')
    const web = await startWeb()
    await expect(enterContext(bob, () => invite())).rejects.toMatchObject({code: 'NOT_ADMINISTRATOR'})
    const {token} = await enterContext(ada, () => invite('guest'))
    const answers = await Promise.all(
      ['carl', 'cleo'].map((username) =>
        web.browser().ask('/api/auth/register', {json: {username, password: PASSWORD, token}})
      )
    )
    expect(answers.map(({status}) => status).sort()).toEqual([201, 403])
    expect(answers.find(({status}) => status === 201)?.json.role).toBe('guest')
    const late = await enterContext(ada, () => invite())
    await enterContext(ada, () => setRole('bob', 'owner'))
    await enterContext(bob, () => setRole('ada', 'member'))
    const refused = await web.browser().ask('/api/auth/register', {
      json: {username: 'dora', password: PASSWORD, token: late.token}
    })
    expect(refused.status).toBe(403)
  })

  it('takes an invitation for a week, and not after it', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const web = await startWeb()
    const [used, late] = [await enterContext(ada, () => invite()), await enterContext(ada, () => invite())]
    const register = async (username: string, token: string) =>
      (await web.browser().ask('/api/auth/register', {json: {username, password: PASSWORD, token}})).status
    daysLater(6)
    expect(await register('bob', used.token)).toBe(201)
    daysLater(1.01)
    expect(await register('carl', late.token)).toBe(403)
  })

  it('is open to whoever comes where an administrator says so, and closed to everybody where they say that', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const web = await startWeb()
    const register = (username: string, token?: string) =>
      web.browser().ask('/api/auth/register', {json: {username, password: PASSWORD, token}})
    expect((await register('bob')).status).toBe(403)
    await enterContext(ada, () => writeSetting('registration', 'open'))
    expect((await register('bob')).json).toMatchObject({username: 'bob', role: 'member'})
    expect((await register('bob')).status).toBe(409)
    expect((await register('Not a name')).status).toBe(422)
    await enterContext(ada, () => writeSetting('registration', 'closed'))
    const {token} = await enterContext(ada, () => invite())
    expect((await register('carl', token)).status).toBe(403)
  })

  it('never gives a name that ADMIN_USERS lists', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    process.env.ADMIN_USERS = 'root'
    try {
      await enterContext(ada, () => writeSetting('registration', 'open'))
      const web = await startWeb()
      const refused = await web.browser().ask('/api/auth/register', {json: {username: 'root', password: PASSWORD}})
      expect([refused.status, refused.json.error.code]).toEqual([403, 'REGISTRATION_REFUSED'])
    } finally {
      delete process.env.ADMIN_USERS
    }
  })
})

describe('signing in', () => {
  it('says the same of an unknown name, a wrong password and an account without one', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada', 'bob')
    const web = await startWeb()
    await web.as(ada)
    const answers = await Promise.all(
      ['ada', 'bob', 'nobody-of-that-name'].map((name) => web.browser().signIn(name, OTHER_PASSWORD))
    )
    expect(answers.map(({status}) => status)).toEqual([401, 401, 401])
    expect(new Set(answers.map(({text}) => text)).size).toBe(1)
    expect(answers[0]?.headers.getSetCookie()).toEqual([])
  })

  it('takes as long for an unknown name as for a wrong password', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const web = await startWeb()
    await web.as(ada)
    const times: Record<string, number[]> = {ada: [], unknown: []}
    // Four tries each stay below the limit.
    for (let round = 0; round < 4; round++)
      for (const [kind, taken] of Object.entries(times)) {
        const start = performance.now()
        await web.browser().signIn(kind, OTHER_PASSWORD)
        taken.push(performance.now() - start)
      }
    const least = (kind: string): number => Math.min(...(times[kind] ?? []))
    // Hashing takes some 15 ms; without it an unknown name would be answered in one.
    expect(least('unknown')).toBeGreaterThan(least('ada') / 3)
    expect(least('ada')).toBeGreaterThan(least('unknown') / 3)
  })

  it('hears nothing more after five wrong tries, says when it will, and leaves sessions alone', async () => {
    inTemporaryHome()
    const {ada, bob} = await makePeople('ada', 'bob')
    const web = await startWeb()
    const [hers, his] = [await web.as(ada), await web.as(bob)]
    const tries = await Promise.all(Array.from({length: 8}, () => web.browser().signIn('ada', OTHER_PASSWORD)))
    const statuses = tries.map(({status}) => status).sort()
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429])
    const refused = await web.browser().signIn('ADA')
    expect([refused.status, refused.json.error.code]).toEqual([429, 'TOO_MANY_ATTEMPTS'])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await hers.ask('/api/auth/me')).status).toBe(200)
    expect((await his.ask('/api/auth/me')).status).toBe(200)
    expect((await web.browser().signIn('bob')).status).toBe(200)
  })

  it('limits what one address may try with any names', async () => {
    inTemporaryHome()
    await makePeople('ada')
    const web = await startWeb()
    const statuses: number[] = []
    for (let number = 0; number < 31; number++)
      statuses.push((await web.browser().signIn(`name${number}`, OTHER_PASSWORD)).status)
    expect(statuses.filter((status) => status === 401)).toHaveLength(30)
    expect(statuses.at(-1)).toBe(429)
  })

  it('sets a cookie that scripts and other sites do not get, and keeps only its hash', async () => {
    const {root} = inTemporaryHome()
    const {ada} = await makePeople('ada')
    const web = await startWeb()
    await enterContext(ada, () => setPassword(undefined, PASSWORD))
    const {headers} = await web.browser().signIn('ada')
    const [cookie = ''] = headers.getSetCookie()
    expect(cookie).toMatch(/^mh_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/)
    const secret = /=([\w-]{43})/.exec(cookie)?.[1] ?? ''
    expect(everyFile(root).filter((file) => readFileSync(file).includes(secret))).toEqual([])
  })

  it('marks the cookie as secure behind TLS', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const web = await startWeb({publicUrl: new URL('https://localhost')})
    await enterContext(ada, () => setPassword(undefined, PASSWORD))
    const local = await web.browser().signIn('ada')
    expect(local.headers.getSetCookie()[0]).not.toContain('Secure')
    const url = web.url.replace('127.0.0.1', 'localhost')
    const response = await fetch(`${url}/api/auth/login`, {
      method: 'POST',
      headers: {'content-type': 'application/json', origin: 'https://localhost'},
      body: JSON.stringify({username: 'ada', password: PASSWORD})
    })
    expect(response.headers.getSetCookie()[0]).toContain('; Secure')
  })

  it('is noted, with failures, in trails that hold no secret', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const web = await startWeb()
    const browser = await web.as(ada)
    await web.browser().signIn('ada', OTHER_PASSWORD)
    await web.browser().signIn('a-password-in-the-wrong-field', OTHER_PASSWORD)
    await browser.ask('/api/auth/logout', {method: 'POST'})
    await web.close()
    expect((await trailOf(ada)).map(({event}) => event)).toEqual(
      expect.arrayContaining(['signed_in', 'sign_in_failed', 'signed_out'])
    )
    const system = await systemTrail()
    expect(system.filter(({event}) => event === 'sign_in_failed').map(({details}) => details.username)).toEqual(
      expect.arrayContaining(['ada', null])
    )
    const trails = JSON.stringify([system, await trailOf(ada)])
    for (const secret of [PASSWORD, OTHER_PASSWORD, 'wrong-field', ...browser.cookies.values()])
      expect(trails).not.toContain(secret)
    expect((await requireUser('ada')).lastLogin).toMatch(/^\d{4}-/)
  })
})

describe('a sign-in link', () => {
  it('signs in once', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const web = await startWeb()
    const link = await issueSignInLink(await requireUser(ada.username))
    const [first, second] = [web.browser(), web.browser()]
    const answers = await Promise.all([first.ask(`/link/${link}`), second.ask(`/link/${link}`)])
    expect(answers.map(({status}) => status).sort()).toEqual([200, 401])
    const winner = answers[0]?.status === 200 ? first : second
    expect((await winner.ask('/api/auth/me')).json.username).toBe('ada')
  })

  it('is good for one minute', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const web = await startWeb()
    const user = await requireUser(ada.username)
    const late = await issueSignInLink(user, Date.now() - 60_001)
    const soon = await issueSignInLink(user, Date.now() - 30_000)
    expect((await web.browser().ask(`/link/${late}`)).status).toBe(401)
    expect((await web.browser().ask(`/link/${soon}`)).status).toBe(200)
  })
})

describe('a session', () => {
  it('ends at sign-out, is listed, and can be ended elsewhere', async () => {
    inTemporaryHome()
    const {ada, bob} = await makePeople('ada', 'bob')
    const web = await startWeb()
    const [first, second] = [await web.as(ada), web.browser()]
    await second.signIn('ada')
    const his = await web.as(bob)
    const listed = (await first.ask('/api/auth/sessions')).json
    expect(listed).toHaveLength(2)
    expect(listed[0]).toMatchObject({username: 'ada', via: 'password', address: '127.0.0.1'})
    expect(listed.map(({id}: {id: string}) => id)).toEqual(
      (await enterContext(ada, () => listSessions())).map(({id}) => id)
    )
    // Nobody ends what is another person's.
    const others = (await his.ask('/api/auth/sessions')).json
    expect((await first.ask(`/api/auth/sessions/${others[0].id}`, {method: 'DELETE'})).status).toBe(404)
    await expect(enterContext(bob, () => listSessions('ada'))).rejects.toMatchObject({code: 'NOT_ADMINISTRATOR'})

    expect((await first.ask('/api/auth/sessions/all', {method: 'DELETE'})).json.revoked).toHaveLength(1)
    expect((await second.ask('/api/auth/me')).status).toBe(401)
    const cookies = new Map(first.cookies)
    expect((await first.ask('/api/auth/logout', {method: 'POST'})).status).toBe(200)
    expect(first.cookies.size).toBe(0)
    for (const [name, value] of cookies) first.cookies.set(name, value)
    expect((await first.ask('/api/auth/me')).status).toBe(401)
    expect((await his.ask('/api/auth/me')).status).toBe(200)
    expect(await enterContext(ada, () => revokeSessions('all', 'bob'))).toHaveLength(1)
    expect((await his.ask('/api/auth/me')).status).toBe(401)
  })

  it('lasts 24 hours for members, one for guests, and for whoever becomes a guest from its beginning', async () => {
    inTemporaryHome()
    const {ada, bob} = await makePeople('ada', 'bob')
    const web = await startWeb()
    const browser = await web.as(bob)
    const hours = async (): Promise<number> => {
      const [{createdAt, expiresAt}] = (await browser.ask('/api/auth/sessions')).json
      return (Date.parse(expiresAt) - Date.parse(createdAt)) / 3_600_000
    }
    expect(await hours()).toBe(24)
    await enterContext(ada, () => setRole('bob', 'guest'))
    expect(await hours()).toBe(1)
    const hash = hashOf(browser.cookies.get('mh_session') ?? '')
    const session = await issuedStore().find('session', hash)
    if (session === undefined) throw new Error('no session')
    await issuedStore().add('session', {...session, createdAt: new Date(Date.now() - 3_600_001).toISOString()})
    expect((await browser.ask('/api/auth/me')).status).toBe(401)
    await enterContext(ada, () => setRole('bob', 'member'))
    expect((await browser.ask('/api/auth/me')).status).toBe(200)
    await enterContext(ada, () => writeSetting('sessionHours', '1'))
    expect((await browser.ask('/api/auth/me')).status).toBe(401)
  })

  it('has the role of this very moment', async () => {
    inTemporaryHome()
    const {ada, bob} = await makePeople('ada', 'bob')
    const web = await startWeb()
    const browser = await web.as(bob)
    expect((await browser.ask('/api/users')).status).toBe(403)
    expect((await browser.ask('/api/capture', {json: {content: 'x'}})).status).toBe(201)
    await enterContext(ada, () => setRole('bob', 'owner'))
    expect((await browser.ask('/api/users')).status).toBe(200)
    await enterContext(ada, () => setRole('bob', 'guest'))
    const refused = await browser.ask('/api/capture', {json: {content: 'x'}})
    expect([refused.status, refused.json.error.code]).toEqual([403, 'NOT_ALLOWED_FOR_ROLE'])
  })

  it('is over at once when the account is deleted, with its tokens, also for one of the same id that comes back', async () => {
    inTemporaryHome()
    const {ada, bob} = await makePeople('ada', 'bob')
    const web = await startWeb()
    const browser = await web.as(bob)
    const {token} = await enterContext(bob, () => createToken())
    await enterContext(ada, () => deleteUser('bob'))
    expect((await browser.ask('/api/memories')).status).toBe(401)
    expect((await web.browser().ask('/api/memories', {headers: {authorization: `Bearer ${token}`}})).status).toBe(401)
    for (const kind of ['session', 'token'] as const) expect(await issuedStore().list(kind, bob.userId)).toEqual([])
  })

  it('survives another password, and every other session does not', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const web = await startWeb()
    const [here, there] = [await web.as(ada), web.browser()]
    await there.signIn('ada')
    const change = (current: string | undefined, password: string) =>
      here.ask('/api/auth/password', {json: {current, password}})
    expect((await change(OTHER_PASSWORD, OTHER_PASSWORD)).status).toBe(401)
    expect((await change(undefined, OTHER_PASSWORD)).status).toBe(401)
    expect((await change(PASSWORD, 'password')).status).toBe(422)
    expect((await change(PASSWORD, OTHER_PASSWORD)).status).toBe(200)
    expect((await here.ask('/api/auth/me')).status).toBe(200)
    expect((await there.ask('/api/auth/me')).status).toBe(401)
    expect((await there.signIn('ada', PASSWORD)).status).toBe(401)
    expect((await there.signIn('ada', OTHER_PASSWORD)).status).toBe(200)
  })

  it('stays beside the one of another person in the same browser, until somebody signs out', async () => {
    inTemporaryHome()
    const {ada, bob} = await makePeople('ada', 'bob')
    const web = await startWeb()
    await web.as(bob)
    const browser = await web.as(ada)
    const change = (username: string, password?: string) =>
      browser.ask('/api/auth/switch', {json: {username, password}})
    const asked = await change('bob')
    expect([asked.status, asked.json.error.code]).toEqual([401, 'PASSWORD_NEEDED'])
    expect((await change('bob', OTHER_PASSWORD)).status).toBe(401)
    expect((await browser.ask('/api/auth/me')).json.username).toBe('ada')
    expect((await change('bob', PASSWORD)).json.username).toBe('bob')
    expect((await browser.ask('/api/auth/me')).json.username).toBe('bob')
    expect((await change('ada')).json.username).toBe('ada')
    expect((await change('bob')).json.username).toBe('bob')
    const before = new Map(browser.cookies)
    await browser.ask('/api/auth/logout', {method: 'POST'})
    for (const [name, value] of before) browser.cookies.set(name, value)
    expect((await browser.ask('/api/auth/me')).status).toBe(401)
    expect((await change('ada')).status).toBe(401)
  })
})

describe('a token', () => {
  it('does what its person may, is shown once, and ends when it is revoked', async () => {
    const {root} = inTemporaryHome()
    const {ada, bob} = await makePeople('ada', 'bob')
    const web = await startWeb()
    const made = await enterContext(bob, () => createToken({name: 'backup', days: 1}))
    const ask = (path: string, authorization = `Bearer ${made.token}`) =>
      web.browser().ask(path, {headers: {authorization}})
    expect((await ask('/api/auth/me')).json.username).toBe('bob')
    expect((await ask('/api/users')).status).toBe(403)
    for (const wrong of ['Bearer', 'Bearer x', `Basic ${made.token}`, `Bearer ${made.token}x`, made.token])
      expect([wrong, (await ask('/api/auth/me', wrong)).status]).toEqual([wrong, 401])
    expect(everyFile(root).filter((file) => readFileSync(file).includes(made.token))).toEqual([])
    expect(await enterContext(bob, () => listTokens())).toEqual([
      {id: made.id, name: 'backup', createdAt: made.createdAt, expires: made.expires}
    ])
    await expect(enterContext(ada, () => revokeToken(made.id))).rejects.toMatchObject({code: 'TOKEN_NOT_FOUND'})
    await enterContext(bob, () => revokeToken(made.id.slice(-6)))
    expect((await ask('/api/auth/me')).status).toBe(401)
  })

  it('is good for as many days as it was made for', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const web = await startWeb()
    const [brief, lasting] = await enterContext(ada, async () => [await createToken({days: 2}), await createToken()])
    const ask = async ({token}: {token: string}) =>
      (await web.browser().ask('/api/auth/me', {headers: {authorization: `Bearer ${token}`}})).status
    daysLater(1.9)
    expect([await ask(brief), await ask(lasting)]).toEqual([200, 200])
    daysLater(0.2)
    expect([await ask(brief), await ask(lasting)]).toEqual([401, 200])
  })

  it('goes before a cookie, and is nothing for guests', async () => {
    inTemporaryHome()
    const {ada, bob} = await makePeople('ada', 'bob')
    const web = await startWeb()
    const browser = await web.as(ada)
    const {token} = await enterContext(bob, () => createToken())
    const as = (authorization: string) => browser.ask('/api/auth/me', {headers: {authorization}})
    expect((await as(`Bearer ${token}`)).json.username).toBe('bob')
    expect((await as('Bearer mh_nothing')).status).toBe(401)
    await enterContext(ada, () => setRole('bob', 'guest'))
    expect((await as(`Bearer ${token}`)).status).toBe(401)
    await expect(enterContext(bob, () => createToken())).rejects.toMatchObject({code: 'NOT_ALLOWED_FOR_ROLE'})
  })
})

/** Puts the clock forward until the test ends. */
function daysLater(days: number): void {
  vi.useFakeTimers({toFake: ['Date'], now: Date.now() + days * 24 * 60 * 60 * 1000})
  onTestFinished(() => {
    vi.useRealTimers()
  })
}

/** Absolute paths of everything below the data root. */
const everyFile = (root: string): string[] =>
  readdirSync(root, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
