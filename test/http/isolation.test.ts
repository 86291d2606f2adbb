import {createHash} from 'node:crypto'
import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {backend, enterContext} from '../../src/core/backend.ts'
import {openConversation} from '../../src/core/chat/conversation.ts'
import {type UserContext, withUserContext} from '../../src/core/context.ts'
import {deleteMemories} from '../../src/core/memory/deleting.ts'
import {capture} from '../../src/core/memory/memories.ts'
import {paths} from '../../src/core/paths.ts'
import {setPersonaValue} from '../../src/core/persona/change.ts'
import {addTask} from '../../src/core/tasks/tasks.ts'
import {listSessions} from '../../src/core/users/sessions.ts'
import {createToken} from '../../src/core/users/tokens.ts'
import {createApp} from '../../src/http/app.ts'
import {isOpen} from '../../src/http/open-routes.ts'
import {inTemporaryHome} from '../support/home.ts'
import {makePeople} from '../support/profile.ts'
import {type Browser, startWeb} from '../support/web.ts'

/** What stands in every record of hers, and in no answer to anybody else. */
const HERS = 'zanzibar-ledger'

/** The routes of the app as it is assembled, whatever was added to it; middleware is none. */
const ROUTES = createApp({
  // biome-ignore lint/suspicious/noExplicitAny: only its routes are looked at
  desk: {} as any,
  names: {host: '127.0.0.1', remote: false, publicUrl: undefined}
})
  .routes.filter(({path}) => path !== '/*')
  .filter(
    ({method}, at, all) => method !== 'ALL' || all.every((one) => one.path !== all[at]?.path || one.method === 'ALL')
  )
  .map(({method, path}) => ({method: method === 'ALL' ? 'POST' : method, path}))

/** Everything that any route takes, with an id of hers wherever one may stand. */
const fieldsWith = (id: string): Record<string, unknown> => ({
  content: 'overwritten',
  message: HERS,
  title: 'overwritten',
  name: id,
  mode: 'dual',
  session: id,
  dependencies: [id],
  id,
  ids: [id],
  username: id,
  for: id,
  version: id
})

describe('every route', () => {
  it('is there', () => {
    expect(ROUTES.length).toBeGreaterThan(30)
    expect(ROUTES).toContainEqual({method: 'PUT', path: '/api/memories/:id'})
  })

  it('refuses whoever is not signed in, but for the few that are open', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    await enterContext(ada, () => capture({content: HERS}))
    const web = await startWeb()
    const open: string[] = []
    for (const {method, path} of ROUTES) {
      const place = path.replace(/:\w+(?:\{[^}]*\})?/g, 'anything')
      const json = method === 'GET' ? {} : {json: fieldsWith('anything')}
      const {status, text} = await web.browser().ask(place, {method, ...json})
      expect(text).not.toContain(HERS)
      if (isOpen(method, place)) open.push(`${method} ${path}`)
      else expect([method, path, status]).toEqual([method, path, 401])
    }
    expect(open.filter((route) => route.includes('/api/')).sort()).toEqual([
      'GET /api/openapi.json',
      'POST /api/auth/login',
      'POST /api/auth/logout',
      'POST /api/auth/register'
    ])
    expect(web.reported).toEqual([])
  })

  it('shows and changes nothing of another person, whatever ids are asked for', {timeout: 120_000}, async () => {
    inTemporaryHome()
    const {ada, bob} = await makePeople('owner', 'ada', 'bob')
    const web = await startWeb()
    const hers = await web.as(ada)
    const ids = await enterContext(ada, async () => {
      const memory = await capture({content: `${HERS} memory`, tags: [HERS]})
      const trashed = await capture({content: `${HERS} trash`})
      await deleteMemories([trashed.id])
      const task = await addTask({title: `${HERS} task`})
      const {session} = await (await openConversation({model: 'recall'})).ask(`What of the ${HERS}?`)
      await setPersonaValue('identity.purpose', `${HERS} persona`)
      const token = await createToken({name: HERS})
      const [signedIn] = await listSessions()
      return [memory.id, trashed.id, task.id, session ?? '', token.id, signedIn?.id ?? '', ada.userId, 'ada']
    })
    expect(ids).not.toContain('')
    expect((await hers.ask('/api/memories')).text).toContain(`${HERS} memory`)
    const before = await digestOf(ada)

    const browser = await web.as(bob)
    await browser.ask('/api/capture', {json: {content: 'his own'}})
    for (const {method, path} of ROUTES.filter((route) => !/sign-out|logout/.test(route.path)))
      for (const id of path.includes(':') || method !== 'GET' ? ids : [...ids, '@last'])
        for (const type of method === 'GET' || path.startsWith('/api') ? ['json'] : ['json', 'form'])
          await tryOut(browser, method, path, id, type)
    expect(await digestOf(ada)).toBe(before)
    expect((await browser.ask('/api/auth/me')).json.username).toBe('bob')
    expect(web.reported).toEqual([])
  })
})

async function tryOut(browser: Browser, method: string, path: string, id: string, type: string): Promise<void> {
  const asked = path.replace(/:\w+(?:\{[^}]*\})?/g, encodeURIComponent(id))
  const fields = fieldsWith(id)
  const words = new URLSearchParams(
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]))
  )
  const request =
    method === 'GET'
      ? {headers: {accept: 'text/html'}}
      : type === 'json'
        ? {json: fields}
        : {body: words.toString(), headers: {'content-type': 'application/x-www-form-urlencoded', accept: 'text/html'}}
  const {status, text} = await browser.ask(method === 'GET' ? `${asked}?${words}` : asked, {method, ...request})
  const label = `${method} ${asked} (${type}): ${status}`
  expect(label).toBe(status < 500 ? label : 'no error of the server')
  for (const secret of [`${HERS} memory`, `${HERS} trash`, `${HERS} task`, `${HERS} persona`])
    expect([label, text.includes(secret)]).toEqual([label, false])
  // A record that is named in the path and is hers is not there.
  if (path.startsWith('/api') && /\/(?:memories|tasks|sessions)\/:/.test(path) && id !== '@last')
    expect([label, [404, 422].includes(status)]).toEqual([label, true])
}

/** The same wherever her profile is kept. */
async function digestOf(person: UserContext): Promise<string> {
  const store = backend()
  if (store === undefined) return digest(withUserContext(person, () => paths.root))
  const folder = join(mkdtempSync(join(tmpdir(), 'mh-test-')), 'profile')
  try {
    await store.writeProfile(person.userId, folder)
    return digest(folder)
  } finally {
    rmSync(join(folder, '..'), {recursive: true})
  }
}

/** Of every file of hers but her audit trail, her sessions' use and what is being written. */
function digest(folder: string): string {
  const hash = createHash('sha256')
  for (const entry of readdirSync(folder, {recursive: true, withFileTypes: true}).sort((a, b) =>
    join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1
  )) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile() && !path.includes('/logs/')) hash.update(path.slice(folder.length)).update(readFileSync(path))
  }
  return hash.digest('hex')
}
