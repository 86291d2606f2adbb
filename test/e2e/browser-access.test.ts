import {readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import type {Browser, Page} from 'playwright-core'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {findBrowser, startBrowser, visit} from '../support/browser.ts'
import {homeOfTwo} from '../support/chat.ts'
import {temporaryHome} from '../support/home.ts'
import {mh} from '../support/mh.ts'
import {startServe} from '../support/serve.ts'

const AXE = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

/** On a machine that is busy, what is waited for may take long. */
const PATIENT = {timeout: 20_000}

const path = await findBrowser()

describe.skipIf(path === undefined)('pages are for everybody', {timeout: 180_000}, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await startBrowser(path ?? '')
  })
  afterAll(() => browser.close())

  /** Somebody who has a bit of everything, signed in by the link of the terminal. */
  async function signedIn(): Promise<Page> {
    const home = await homeOfTwo()
    await mh(home, ['capture', 'Met Grace about the compiler', '-t', 'work', '--private'])
    await mh(home, ['memory', 'edit', '@last', '--content', 'Met Grace and Tom about the compiler'])
    await mh(home, ['capture', 'Nothing worth keeping'])
    await mh(home, ['memory', 'delete', '@last'])
    await mh(home, ['task', 'add', 'Call the plumber', '--due', 'yesterday', '--priority', 'P0', '-t', 'house'])
    await mh(home, ['task', 'start', '@last'])
    await mh(home, ['chat', 'What was about the compiler?'])
    await mh(home, ['persona', 'set', 'identity.role', 'archivist'])
    await mh(home, ['model', 'add', 'lab', '--provider', 'ollama', '--model', 'llama3:8b'])
    const site = await startServe(home)
    const page = await visit(browser, site)
    await page.goto(site.link ?? '')
    await page.locator('.menu').waitFor()
    return page
  }

  it('axe finds no violation, in either look, on any page', async () => {
    const first = await visit(browser, await startServe(temporaryHome()))
    const page = await signedIn()
    const addresses = [
      ...['/', '/chat', '/chat?session=@last', '/memories', '/memories?query=compiler', '/memories/@last', '/trash'],
      ...[
        '/tasks?which=all',
        '/tasks?which=deleted',
        '/tasks/@last',
        '/persona',
        '/mode',
        '/models',
        '/agents',
        '/audit'
      ],
      ...['/profile', '/people', '/switch', '/nowhere']
    ]
    for (const look of ['light', 'dark'] as const) {
      await page.emulateMedia({colorScheme: look})
      await first.emulateMedia({colorScheme: look})
      for (const address of addresses) {
        await page.goto(address)
        for (const details of await page.locator('main details:not([open]) > summary').all()) await details.click()
        expect(await violations(page), `${address}, ${look}`).toEqual([])
      }
      await page.locator('.menu > summary').click()
      expect(await violations(page), `the menu, ${look}`).toEqual([])
      await first.goto('/register')
      expect(await violations(first), `/register, ${look}`).toEqual([])
    }
    await page.context().clearCookies()
    await page.goto('/sign-in')
    await page.getByLabel('Username').fill('ada')
    await page.getByLabel('Password').fill('wrong')
    await page.getByRole('button', {name: 'Sign in'}).click()
    await page.getByRole('alert').waitFor()
    expect(await violations(page), '/sign-in').toEqual([])
  })

  it('no page is wider than a phone', async () => {
    const page = await signedIn()
    await page.setViewportSize({width: 390, height: 844})
    for (const address of [
      ...['/', '/chat?session=@last', '/memories', '/memories/@last', '/trash', '/tasks?which=all', '/tasks/@last'],
      ...['/persona', '/mode', '/models', '/agents', '/audit', '/profile', '/people', '/switch', '/nowhere']
    ]) {
      await page.goto(address)
      expect(await page.evaluate('document.documentElement.scrollWidth'), address).toBeLessThanOrEqual(390)
    }
    await page.goto('/people')
    await expect.poll(() => page.getByRole('link', {name: 'People'}).evaluate(isInView), PATIENT).toBe(true)
  })

  it('the menu works by keyboard, and closes by Escape, by Tab and by a click elsewhere', async () => {
    const page = await signedIn()
    const menu = page.locator('.menu')
    const isOpen = async (): Promise<boolean> => (await menu.getAttribute('open')) !== null
    const focused = (): Promise<string> => page.evaluate('document.activeElement.textContent.trim()')

    await page.keyboard.press('Tab')
    expect(await focused()).toBe('Skip to the content')
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.activeElement.id || location.hash')).toMatch(/main/)

    await page.locator('.menu > summary').focus()
    await page.keyboard.press('Enter')
    expect(await isOpen()).toBe(true)
    await page.keyboard.press('ArrowDown')
    expect(await focused()).toBe('Profile and settings')
    await page.keyboard.press('End')
    expect(await focused()).toBe('Sign out')
    await page.keyboard.press('ArrowDown')
    expect(await focused()).toBe('Profile and settings')
    await page.keyboard.press('ArrowUp')
    expect(await focused()).toBe('Sign out')
    await page.keyboard.press('Escape')
    expect(await isOpen()).toBe(false)
    expect(await page.locator('.menu > summary').evaluate((summary) => summary.matches(':focus'))).toBe(true)

    await page.keyboard.press('Space')
    expect(await isOpen()).toBe(true)
    await page.keyboard.press('End')
    await page.keyboard.press('Tab')
    expect(await isOpen()).toBe(false)

    await page.locator('.menu > summary').click()
    expect(await isOpen()).toBe(true)
    await page.getByRole('heading', {name: 'Hello, ada'}).click()
    expect(await isOpen()).toBe(false)
  })

  it('whoever follows a link by keyboard goes on in the content of the new page', async () => {
    const page = await signedIn()
    await page.locator('.nav').getByRole('link', {name: 'Tasks'}).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', {name: 'Tasks', level: 1}).waitFor()
    await expect.poll(() => page.evaluate('document.activeElement.id'), PATIENT).toBe('main')
    expect(await page.title()).toContain('Tasks')
    await page.goBack()
    await page.getByRole('heading', {name: 'Hello, ada'}).waitFor()
  })

  it('a look that somebody chose goes before that of the machine', async () => {
    const page = await signedIn()
    const ground = (): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor')
    await page.emulateMedia({colorScheme: 'light'})
    const light = await ground()
    await page.goto('/profile')
    await page.getByLabel('Look').selectOption('dark')
    await page.getByRole('button', {name: 'Save the settings'}).click()
    await page.getByText('Saved.').waitFor()
    expect(await ground()).not.toBe(light)
  })
})

/** What axe finds wrong, each with where. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE)
  const found: {id: string; nodes: {target: string[]; failureSummary: string}[]}[] = await page.evaluate(
    'axe.run(document, {resultTypes: ["violations"]}).then(({violations}) => violations)'
  )
  return found.flatMap(({id, nodes}) =>
    nodes.map(({target, failureSummary}) => `${id} at ${target.join(' ')}: ${failureSummary}`)
  )
}

function isInView(element: unknown): boolean {
  const {left, right} = (element as {getBoundingClientRect(): {left: number; right: number}}).getBoundingClientRect()
  return left >= 0 && right <= 390
}
