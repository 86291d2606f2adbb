import {mkdirSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Browser, Page} from 'playwright-core'
import {expect, it} from 'vitest'
import {findBrowser, startBrowser} from '../support/browser.ts'
import {useModel} from '../support/chat.ts'
import {type Home, temporaryHome} from '../support/home.ts'
import {mh, people} from '../support/mh.ts'
import {startModelServer} from '../support/model-server.ts'
import {startServe} from '../support/serve.ts'
import {smallerPng} from '../support/smaller-png.ts'

/** Pictures of every page, made by `npm run screens:ui` to be looked at. */
const FOLDER = join(import.meta.dirname, '../../docs/ui')
const WIDTHS = {wide: {width: 1280, height: 860}, phone: {width: 390, height: 844}}
const LOOKS = ['light', 'dark'] as const
const PASSWORD = 'quiet otters juggle lanterns'

const MEMORIES = [
  'The plumber fixed the boiler, 120 euros, and said that the valve will last two more winters at most',
  'Grace recommended Middlemarch over coffee, and lent me her copy',
  'Grandmother showed me how to make miso: soak the beans overnight, a tenth of salt by weight',
  'Signed the lease of the flat in the Lindenstraße',
  'Could not sleep; wrote down what I would say to Tom about the garden wall',
  'Read half of the book that Grace lent me. The doctor in it wants too much at once'
]
const TASKS = [
  ['Call the plumber about the valve', '--priority', 'P1', '--due', 'tomorrow 5pm', '-t', 'house'],
  ['Renew the passport', '--priority', 'P0', '--due', '2026-01-04', '-t', 'papers'],
  ['Send Grace the list of books that we talked about, with the ones that she has not read yet'],
  ['Return the drill']
]
const ANSWER =
  'He said that the valve will last **two more winters at most** [1]. You have a task for it:\n\n- call him before the heating season\n- ask what a new valve costs'

it.runIf(process.env.UPDATE_SCREENS)(
  'every page, wide and on a phone, light and dark',
  {timeout: 300_000},
  async () => {
    const path = await findBrowser()
    if (path === undefined) throw new Error('There is no browser to make pictures with')
    const model = await startModelServer(['llama3:8b'], {reply: ANSWER})
    const browser = await startBrowser(path)
    try {
      rmSync(FOLDER, {recursive: true, force: true})
      mkdirSync(FOLDER, {recursive: true})
      await makePictures(browser, await seeded(model.baseURL))
    } finally {
      await browser.close()
      await model.close()
    }
  }
)

async function seeded(baseURL: string): Promise<Home> {
  const home = temporaryHome()
  await people(home, 'ada', 'bob')
  await mh(home, ['user', 'edit', '--display-name', 'Ada'])
  await mh(home, ['persona', 'set', 'identity.name', 'Ada'])
  await mh(home, ['user', 'edit', 'bob', '--display-name', 'Bob'])
  for (const name of ['ada', 'bob']) await mh(home, ['user', 'password', name, '--password-stdin'], {input: PASSWORD})
  const lines = MEMORIES.map((content, n) =>
    JSON.stringify({
      content,
      at: new Date(Date.now() - (MEMORIES.length - n) * 20 * 3_600_000).toISOString(),
      tags: n % 2 ? ['people'] : ['home', 'house']
    })
  )
  await mh(home, ['capture', '--batch'], {input: lines.join('\n')})
  for (const words of TASKS) await mh(home, ['task', 'add', ...words])
  await mh(home, ['task', 'done', '@last'])
  await mh(home, ['persona', 'set', 'identity.role', 'second memory and sparring partner'])
  useModel(home, 'ada', {baseURL} as never)
  return home
}

async function makePictures(browser: Browser, home: Home): Promise<void> {
  const {url, setupToken} = await startServe(temporaryHome())
  const site = await startServe(home)
  const first = await browser.newContext({baseURL: url})
  const register = await first.newPage()
  await register.goto(`/register?token=${setupToken}`)
  await pictures(register, 'register')
  await first.close()

  const context = await browser.newContext({baseURL: site.url})
  const page = await context.newPage()
  await page.goto('/')
  await pictures(page, 'sign-in')
  const signIn = async (username: string): Promise<void> => {
    await page.fill('[name=username]', username)
    await page.fill('[name=password]', PASSWORD)
    await page.click('main button[type=submit]')
    await page.waitForURL('**/')
    await page.waitForSelector('.menu')
  }
  await signIn('ada')
  await page.goto('/switch?to=bob')
  await signIn('bob')
  await page.goto('/switch?to=ada')
  await page.click('.menu > summary')
  await page.click('.menu-body form button:has-text("Ada")')
  await page.waitForSelector('text=Hello, Ada')
  await pictures(page, 'status')
  await page.click('.menu > summary')
  await pictures(page, 'menu')
  await page.goto('/chat')
  await page.fill('[name=message]', 'What did the plumber say about the valve?')
  await page.getByRole('button', {name: 'Send'}).click()
  await page.waitForSelector('.cited')
  await page.click('.cited summary')
  await pictures(page, 'chat')
  await page.goto('/memories')
  await pictures(page, 'memories')
  await page.getByRole('link', {name: 'Grace recommended Middlemarch'}).click()
  await page.waitForSelector('#text')
  await page.fill('[name=content]', 'Grace recommended Middlemarch over coffee, and lent me her copy until May')
  await page.getByRole('button', {name: 'Save'}).click()
  await page.waitForSelector('text=Saved.')
  await pictures(page, 'memory')
  await page.click('text=Move to the trash')
  await page.waitForSelector('.notice-good')
  for (const [name, address] of Object.entries({
    trash: '/trash',
    tasks: '/tasks?which=all',
    persona: '/persona',
    mode: '/mode',
    models: '/models',
    agents: '/agents',
    audit: '/audit',
    profile: '/profile',
    people: '/people',
    switch: '/switch?to=bob',
    missing: '/memories/evt-0000'
  })) {
    await page.goto(address)
    if (name === 'agents') {
      await page.click('[aria-label^="Run "] >> nth=0')
      await page.waitForSelector('.notice-good')
    }
    await pictures(page, name)
  }
  await page.goto('/tasks')
  await page.click('a.item-text >> nth=0')
  await page.waitForSelector('text=About it')
  await pictures(page, 'task')
}

/** One picture for each width and look. */
async function pictures(page: Page, name: string): Promise<void> {
  for (const [width, size] of Object.entries(WIDTHS)) {
    await page.setViewportSize(size)
    for (const look of LOOKS) {
      await page.emulateMedia({colorScheme: look, reducedMotion: 'reduce'})
      const overflows = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
      expect.soft(overflows, `${name} is wider than ${size.width} pixels`).toBe(false)
      writeFileSync(join(FOLDER, `${name}-${width}-${look}.png`), smallerPng(await page.screenshot()))
    }
  }
}
