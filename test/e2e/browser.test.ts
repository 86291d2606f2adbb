import type {Browser, Page} from 'playwright-core'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {findBrowser, startBrowser, visit} from '../support/browser.ts'
import {homeOfTwo, serve, useModel} from '../support/chat.ts'
import {type Home, temporaryHome} from '../support/home.ts'
import {mh} from '../support/mh.ts'
import {type Served, startServe} from '../support/serve.ts'

const PASSWORD = 'quiet otters juggle lanterns'
const VALVE = 'The plumber said that the valve will last two more winters'

/** On a machine that is busy, what is waited for may take long. */
const PATIENT = {timeout: 20_000}

const path = await findBrowser()

describe.skipIf(path === undefined)('mh in a browser', {timeout: 120_000}, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await startBrowser(path ?? '')
  })
  afterAll(() => browser.close())

  /** Ada and bob, each with a password, and ada signed in. */
  async function signedIn(): Promise<{home: Home; site: Served; page: Page}> {
    const home = await homeOfTwo()
    for (const name of ['ada', 'bob']) await mh(home, ['user', 'password', name, '--password-stdin'], {input: PASSWORD})
    const site = await startServe(home)
    const page = await visit(browser, site)
    await signIn(page, 'ada')
    return {home, site, page}
  }

  it('the first run: a token from the terminal, an account, a memory, and an answer that leads back to it', async () => {
    const site = await startServe(temporaryHome())
    const page = await visit(browser, site)
    await page.goto('/')
    await page.getByRole('heading', {name: 'The first account'}).waitFor()
    const register = async (token: string): Promise<void> => {
      await page.getByLabel('Setup token').fill(token)
      await page.getByLabel('Username').fill('ada')
      await page.getByLabel('Your name').fill('Ada')
      await page.getByLabel('Password').fill(PASSWORD)
      await page.getByRole('button', {name: 'Make the account'}).click()
    }
    await register('a guess')
    await page.getByText('This registration is refused').waitFor()
    await register(site.setupToken ?? '')
    await page.getByRole('link', {name: "Ada's mirror (ada)"}).waitFor()

    await page.getByLabel('What happened?').fill(VALVE)
    await page.getByText('Tags, time and more').click()
    await page.getByLabel('Tags').fill('house, plumber')
    await page.getByRole('button', {name: 'Capture'}).click()
    await page.getByText('Captured.').waitFor()
    expect(await page.getByRole('link', {name: VALVE}).count()).toBe(1)

    await go(page, 'Chat')
    await ask(page, 'What did the plumber say about the valve?')
    await page.getByText('One memory cited').click()
    expect(await page.locator('.answered').textContent()).toContain('No language model is set')
    await page.locator('.cited').getByRole('link', {name: VALVE}).click()
    await page.locator('#text').getByText(VALVE).waitFor()
    expect(await page.getByRole('link', {name: 'plumber', exact: true}).count()).toBe(1)

    // Both are found as one types, the answer because it quotes.
    await go(page, 'Memories')
    await page.getByLabel('Search').fill('valve winters')
    await page.getByText('2 memories found').waitFor()
    await page.getByLabel('Tag').fill('house')
    await page.getByText('1 memory found').waitFor()
    expect(new URL(page.url()).searchParams.get('tag')).toBe('house')
  })

  it('an answer is shown as it comes, with what it cites, and goes on in its conversation', async () => {
    const {home, page} = await signedIn()
    await mh(home, ['capture', VALVE])
    const model = await serve({reply: 'Two more **winters** [1].'})
    useModel(home, 'ada', model)
    await page.goto('/chat')
    await ask(page, 'How long will the valve last?')
    await page.locator('.answered strong', {hasText: 'winters'}).waitFor()
    await page.locator('#sessions').getByText('How long will the valve last?').waitFor()
    await ask(page, 'And who said so?')
    await page.locator('#sessions').getByText('2 turns').waitFor()
    expect(
      model.chats
        .at(-1)
        ?.body.messages.map(({content}) => content)
        .join()
    ).toContain('How long will the valve last?')
    await page.reload()
    expect(await page.locator('.turn').count()).toBe(2)
    await page.locator('.answered a', {hasText: '1'}).first().click()
    await page.locator('#text').getByText(VALVE).waitFor()
  })

  it('an answer is stopped, and what came until then is kept', async () => {
    const {home, page} = await signedIn()
    const model = await serve({reply: 'One two three four five six seven eight nine ten', pauseMs: 1500})
    useModel(home, 'ada', model)
    await page.goto('/chat')
    await page.getByLabel('Your message').fill('Count')
    await page.keyboard.press('Enter')
    await page.locator('.answered', {hasText: 'One two'}).waitFor()
    await page.getByRole('button', {name: 'Stop'}).click()
    await page.getByText('Stopped.').waitFor()
    await expect
      .poll(async () => (await mh(home, ['memory', 'list', '--json'])).json.memories, PATIENT)
      .toMatchObject([{content: 'Count', metadata: {incomplete: true}}])
    // The conversation is known although its answer never ended.
    await page.reload()
    await page.getByText('stopped', {exact: true}).waitFor()
    expect(await page.locator('.answered').textContent()).toContain('One two')
  })

  it('a model that does not answer is told, and the question stays', async () => {
    const {home, page} = await signedIn()
    const model = await serve({status: 400, error: {error: {message: 'out of order'}}})
    useModel(home, 'ada', model)
    await page.goto('/chat')
    await page.getByLabel('Your message').fill('Are you there?')
    await page.keyboard.press('Enter')
    await page.locator('.turn .notice').waitFor()
    expect(await page.getByLabel('Your message').inputValue()).toBe('Are you there?')
  })

  it('what mode forbids to save is answered with what was said before, and kept nowhere', async () => {
    const {home, page} = await signedIn()
    const model = await serve({reply: (body) => `I was told ${body.messages.length} things.`})
    useModel(home, 'ada', model)
    await mh(home, ['mode', 'set', 'emulation'])
    await page.goto('/chat')
    await page.getByText('In emulation mode conversations are not saved').waitFor()
    await ask(page, 'My word is swordfish')
    await page.locator('.turn >> nth=0 >> text=not saved').waitFor()
    await ask(page, 'What is my word?')
    await page.locator('.turn >> nth=1 >> text=not saved').waitFor()
    expect(JSON.stringify(model.chats.at(-1)?.body.messages)).toContain('swordfish')
    await page.reload()
    expect(await page.locator('.turn').count()).toBe(2)
    expect((await mh(home, ['memory', 'list', '--json'])).json.total).toBe(0)
  })

  it('a memory that was changed meanwhile is not written over, and nothing typed is lost', async () => {
    const {home, page} = await signedIn()
    const {id} = (await mh(home, ['capture', 'Met Grace', '--json'])).json
    await page.goto(`/memories/${id}`)
    await page.getByLabel('Text').fill('Met Grace Hopper\nin the harbour')
    await mh(home, ['memory', 'edit', id, '--content', 'Met Grace on Tuesday'])
    await page.getByRole('button', {name: 'Save'}).click()
    await page.getByText('This memory was changed meanwhile').waitFor()
    expect(await page.locator('#text').textContent()).toBe('Met Grace on Tuesday')
    expect(await page.getByLabel('Text').inputValue()).toBe('Met Grace Hopper\nin the harbour')
    await page.getByRole('button', {name: 'Save mine'}).click()
    await page.getByText('Saved.').waitFor()
    expect((await mh(home, ['memory', 'show', id, '--json'])).json.content).toBe('Met Grace Hopper\nin the harbour')
    await page.getByText('2 earlier versions').click()
    await page.getByText('Met Grace on Tuesday').waitFor()
    await page.getByRole('button', {name: 'Undo the last change'}).click()
    await page.getByText('The version before is back.').waitFor()
    expect(await page.locator('#text').textContent()).toBe('Met Grace on Tuesday')
  })

  it('whoever is signed out while they write loses nothing of it', async () => {
    const {home, site, page} = await signedIn()
    await page.getByLabel('What happened?').fill('Met Grace')
    const chat = await page.context().newPage()
    await chat.goto('/chat')
    await chat.getByLabel('Your message').fill('Whom did I meet?')
    await mh(home, ['user', 'sessions', '--revoke', 'all'])
    await page.getByRole('button', {name: 'Capture'}).click()
    await page.getByText('You are not signed in any more').waitFor()
    expect(await page.getByLabel('What happened?').inputValue()).toBe('Met Grace')
    await chat.keyboard.press('Enter')
    await chat.getByText('You are not signed in any more').waitFor()
    expect(await chat.getByLabel('Your message').inputValue()).toBe('Whom did I meet?')

    const again = await page.context().newPage()
    await again.goto(site.url)
    await signIn(again, 'ada')
    await page.getByRole('button', {name: 'Capture'}).click()
    await page.getByText('Captured.').waitFor()
    await chat.keyboard.press('Enter')
    await chat.locator('.answered').getByText('Met Grace').first().waitFor()
  })

  it('what is sent by a double click is kept once', async () => {
    const {home, page} = await signedIn()
    await page.getByLabel('What happened?').fill('Met Grace')
    await page.getByRole('button', {name: 'Capture'}).dblclick()
    await page.getByText('Captured.').waitFor()
    expect((await mh(home, ['memory', 'list', '--json'])).json.total).toBe(1)
  })

  it('a memory goes to the trash and comes back', async () => {
    const {home, page} = await signedIn()
    const {id} = (await mh(home, ['capture', 'Met Grace', '--json'])).json
    await page.goto(`/memories/${id}`)
    await page.getByRole('button', {name: 'Move to the trash'}).click()
    await page.getByRole('button', {name: 'Undo'}).click()
    await page.getByText('Back again.').waitFor()
    await page.getByRole('button', {name: 'Move to the trash'}).click()
    await page.getByText('Moved to the trash.').waitFor()
    await page.goto('/trash')
    await page.getByText('Empty the trash').click()
    await page.getByRole('button', {name: 'Remove 1 for good'}).click()
    await page.getByText('The trash is empty.').first().waitFor()
    expect((await mh(home, ['memory', 'trash', '--json'])).json).toEqual([])
  })

  it('a long list goes on as it is scrolled', async () => {
    const {home, page} = await signedIn()
    await mh(home, ['capture', '--batch'], {
      input: Array.from({length: 70}, (_, n) => `Number ${n}, said once`).join('\n')
    })
    await page.goto('/memories')
    await page.getByText('70 memories, newest first').waitFor()
    expect(await page.locator('#list > li').count()).toBeLessThan(70)
    await expect
      .poll(async () => {
        await page.mouse.wheel(0, 20_000)
        return page.locator('#list > li .item-text').count()
      }, PATIENT)
      .toBe(70)
    expect(new Set(await page.locator('#list .item-text').allInnerTexts()).size).toBe(70)
  })

  it('tasks are added, changed and done', async () => {
    const {home, page} = await signedIn()
    await go(page, 'Tasks')
    await page.getByLabel('What is to be done?').fill('Call the plumber')
    await page.getByLabel('Due').fill('when pigs fly')
    await page.getByRole('button', {name: 'Add'}).click()
    await page.getByText('is not a time that mh understands').waitFor()
    expect(await page.getByLabel('What is to be done?').inputValue()).toBe('Call the plumber')
    await page.getByLabel('Due').fill('tomorrow 5pm')
    await page.getByRole('button', {name: 'Add'}).click()
    await page.getByRole('heading', {name: 'Tomorrow'}).waitFor()
    await page.getByRole('link', {name: 'Call the plumber'}).click()
    const {due} = (await mh(home, ['task', 'list', '--json'])).json[0]
    await page.getByLabel('Description').fill('About the valve')
    await page.getByLabel('Priority').selectOption('P0')
    await page.getByRole('button', {name: 'Save'}).click()
    await page.getByRole('button', {name: 'Done: Call the plumber'}).click()
    await page.getByText('Nothing to do.').waitFor()
    expect((await mh(home, ['task', 'list', '--all', '--json'])).json).toMatchObject([
      {title: 'Call the plumber', description: 'About the valve', priority: 'P0', status: 'done', due}
    ])
  })

  it('persona, facet and mode are changed, and a mode that forbids keeps what was typed', async () => {
    const {home, page} = await signedIn()
    await go(page, 'Persona')
    await page.getByLabel('Name', {exact: true}).first().fill('Mirror')
    await page.getByLabel('openness').fill('0.9')
    await page.getByRole('button', {name: 'Save'}).click()
    await page.getByRole('link', {name: "Mirror's mirror (ada)"}).waitFor()
    expect((await mh(home, ['persona', 'show', '--json'])).json).toMatchObject({
      identity: {name: 'Mirror'},
      personality: {traits: {openness: 0.9}, archetypes: ['companion', 'archivist']}
    })
    await page.getByRole('radio', {name: 'poet'}).check()
    await page.getByRole('button', {name: 'Use this facet'}).click()
    await page.getByText('Changed.').waitFor()
    expect((await mh(home, ['facet', 'list', '--json'])).json.active).toBe('poet')

    await go(page, 'Mode')
    await page.getByRole('radio', {name: 'emulation'}).check()
    await page.getByRole('button', {name: 'Set the mode'}).click()
    await page.getByText('Changed.').waitFor()
    await go(page, 'Status')
    await page.getByLabel('What happened?').fill('Met Grace')
    await page.getByRole('button', {name: 'Capture'}).click()
    await page.getByText('ada cannot capture memories in emulation mode').waitFor()
    expect(await page.getByLabel('What happened?').inputValue()).toBe('Met Grace')
  })

  it('a persona that was changed meanwhile is not written over', async () => {
    const {home, page} = await signedIn()
    await page.goto('/persona')
    await page.getByLabel('Purpose').fill('To answer')
    await mh(home, ['persona', 'set', 'identity.role', 'archivist'])
    await page.getByRole('button', {name: 'Save'}).click()
    await page.getByText('The persona was changed meanwhile').waitFor()
    expect(await page.getByLabel('Purpose').inputValue()).toBe('To answer')
  })

  it('people are switched by password, and back without one; nobody sees anything of the other', async () => {
    const {home, site, page} = await signedIn()
    await mh(home, ['capture', 'The secret of ada', '-t', 'adastag'])
    await mh(home, ['task', 'add', 'A task of ada'])
    await mh(home, ['chat', 'The question of ada'])
    await mh(home, ['capture', 'The secret of bob', '-u', 'bob'])
    const [memory] = (await mh(home, ['memory', 'list', '--tag', 'adastag', '--json'])).json.memories
    const [task] = (await mh(home, ['task', 'list', '--json'])).json
    const [chat] = (await mh(home, ['chat', 'sessions', '--json'])).json

    await page.goto('/')
    await page.getByText('The secret of ada').first().waitFor()
    await openMenu(page)
    await page.getByRole('link', {name: 'Somebody else'}).click()
    const give = async (password: string): Promise<void> => {
      await page.getByLabel('Username').fill('bob')
      await page.getByLabel('Their password').fill(password)
      await page.getByRole('button', {name: 'Switch'}).click()
    }
    await give('a guess')
    await page.getByText('do not belong together').waitFor()
    await give(PASSWORD)
    await page.getByRole('link', {name: "bob's mirror (bob)"}).waitFor()

    const other = await visit(browser, site)
    await signIn(other, 'bob')
    for (const who of [page, other]) {
      for (const address of [
        '/',
        '/memories',
        '/memories?query=secret',
        '/tasks?which=all',
        '/chat',
        '/trash',
        '/audit'
      ]) {
        await who.goto(address)
        await who.getByRole('link', {name: "bob's mirror (bob)"}).waitFor()
        expect(await who.content()).not.toMatch(/of ada|adastag/)
      }
      for (const address of [`/memories/${memory.id}`, `/tasks/${task.id}`, `/chat?session=${chat.session}`]) {
        const response = await who.goto(address)
        expect(response?.status()).toBe(404)
        expect(await who.content()).not.toMatch(/of ada/)
      }
      expect((await who.goto('/people'))?.status()).toBe(403)
    }

    await openMenu(page)
    await page.locator('.menu-body').getByRole('button', {name: 'ada'}).click()
    await page.getByText('The secret of ada').first().waitFor()
    expect(await page.content()).not.toContain('secret of bob')
    // Where no session of bob's is left, his password is asked again.
    await mh(home, ['user', 'sessions', '--revoke', 'all', '-u', 'bob'])
    await page.reload()
    await openMenu(page)
    await page.locator('.menu-body').getByRole('link', {name: 'bob, asks for the password'}).click()
    expect(await page.getByLabel('Username').inputValue()).toBe('bob')
    await page.getByLabel('Their password').waitFor()
    await signIn(other, 'bob')

    await openMenu(page)
    await page.getByRole('button', {name: 'Sign out'}).click()
    await page.getByRole('heading', {name: 'Sign in'}).waitFor()
    await page.goBack()
    await page.getByRole('heading', {name: 'Sign in'}).waitFor()
    expect((await page.goto('/memories'))?.status()).toBe(401)
    // The other browser stays signed in.
    await other.goto('/memories')
    await other.getByText('The secret of bob').waitFor()
  })

  it('an invitation makes one account, and its person finds nothing but their own', async () => {
    const {home, site, page} = await signedIn()
    await mh(home, ['capture', 'The secret of ada'])
    await page.goto('/people')
    await page.getByRole('button', {name: 'Make an invitation'}).click()
    const invitation = (await page.locator('#invitation').textContent()) ?? ''
    const guest = await visit(browser, site)
    const register = async (username: string): Promise<void> => {
      await guest.goto(invitation)
      await guest.getByLabel('Username').fill(username)
      await guest.getByLabel('Password').fill(PASSWORD)
      await guest.getByRole('button', {name: 'Make the account'}).click()
    }
    await register('carol')
    await guest.getByRole('link', {name: "carol's mirror (carol)"}).waitFor()
    expect(await guest.content()).not.toContain('of ada')
    await page.getByRole('link', {name: 'People'}).click()
    await page.getByText('carol').first().waitFor()
    await page.getByLabel('Role of carol', {exact: true}).selectOption('guest')
    await page.getByRole('button', {name: 'Set the role of carol'}).click()
    await page.getByText('Changed.').waitFor()
    // The role counts at the next request.
    await guest.goto('/')
    await guest.getByLabel('What happened?').fill('Something')
    await guest.getByRole('button', {name: 'Capture'}).click()
    await guest.getByText('carol is a guest').waitFor()
    for (const address of [
      '/chat',
      '/memories',
      '/trash',
      '/tasks',
      '/persona',
      '/mode',
      '/models',
      '/agents',
      '/audit',
      '/profile'
    ])
      expect((await guest.goto(address))?.status(), address).toBe(200)
    await guest.context().clearCookies()
    await register('dave')
    await guest.getByText('it needs an invitation').waitFor()
  })

  it('the password is changed, sessions are ended, and tokens made', async () => {
    const {site, page} = await signedIn()
    const other = await visit(browser, site)
    await signIn(other, 'ada')
    await page.goto('/profile')
    expect(await page.getByText('Chrome on Linux').count()).toBe(2)
    await page.getByLabel('For', {exact: true}).fill('backup')
    await page.getByRole('button', {name: 'Make a token'}).click()
    const token = await page.locator('.notice .mono').textContent()
    const answer = await fetch(`${site.url}/api/auth/me`, {headers: {authorization: `Bearer ${token}`}})
    expect(await answer.json()).toMatchObject({username: 'ada'})
    await page.goto('/profile')
    await page.getByLabel('Present password').fill(PASSWORD)
    await page.getByLabel('New password').fill('violet harbour engines hum')
    await page.getByRole('button', {name: 'Change the password'}).click()
    await page.getByText('The password was changed').waitFor()
    expect((await other.goto('/'))?.status()).toBe(200)
    await other.getByRole('heading', {name: 'Sign in'}).waitFor()
  })

  it('what people and models write is text and never anything else', async () => {
    const {home, page} = await signedIn()
    const hostile =
      '<img src=x onerror="document.title=1"><script>document.title=1</script>" onfocus="document.title=1" autofocus="'
    await mh(home, ['capture', hostile, '-t', '"><b>tag'])
    await mh(home, ['task', 'add', hostile])
    const model = await serve({
      reply: `# Hi\n\n${hostile}\n\n[a](javascript:document.title=1) [b](/sign-out) ![c](http://203.0.113.1/x.png) <b>bold</b> [1]`
    })
    useModel(home, 'ada', model)
    await page.goto('/chat')
    await ask(page, hostile)
    await page.locator('.prose').waitFor()
    expect(
      await page.locator('.prose').evaluate((prose) => (prose as unknown as {innerHTML: string}).innerHTML)
    ).not.toMatch(/<(?:img|script|b)\b|javascript:|href="\/sign-out"/)
    for (const address of ['/', '/memories', '/memories?query=img', '/tasks', '/chat?session=@last']) {
      await page.goto(address)
      expect(await page.locator('main img, main script').count(), address).toBe(0)
      expect(await page.title(), address).toContain('mirror (ada)')
      expect(await page.content(), address).toContain('&lt;img src=x')
    }
  })
})

describe.skipIf(path === undefined)('without JavaScript', {timeout: 120_000}, () => {
  it('everything is possible that is possible with it', async () => {
    const browser = await startBrowser(path ?? '')
    try {
      const home = await homeOfTwo()
      await mh(home, ['user', 'password', '--password-stdin'], {input: PASSWORD})
      const page = await visit(browser, await startServe(home), {javaScriptEnabled: false})
      await signIn(page, 'ada')
      await page.getByLabel('What happened?').fill(VALVE)
      await page.getByRole('button', {name: 'Capture'}).click()
      await page.getByText('Captured.').waitFor()
      await page.getByRole('link', {name: 'Memories', exact: true}).click()
      await page.getByLabel('Search').fill('valve')
      await page.getByRole('button', {name: 'Search'}).click()
      await page.getByText('1 memory found').waitFor()
      await page.getByRole('link', {name: VALVE}).click()
      await page.getByLabel('Text').fill(`${VALVE}, at most`)
      await page.getByRole('button', {name: 'Save'}).click()
      await page.getByText('Saved.').waitFor()
      await page.getByRole('link', {name: 'Chat', exact: true}).click()
      await page.getByLabel('Your message').fill('What about the valve?')
      await page.getByRole('button', {name: 'Send'}).click()
      await page.locator('.answered').getByText('at most').first().waitFor()
      await page.getByLabel('Your message').fill('And the plumber?')
      await page.getByRole('button', {name: 'Send'}).click()
      await page.locator('.turn >> nth=1').waitFor()
      await page.getByRole('link', {name: 'Tasks', exact: true}).click()
      await page.getByLabel('What is to be done?').fill('Call him')
      await page.getByRole('button', {name: 'Add'}).click()
      await page.getByRole('button', {name: 'Done: Call him'}).click()
      await page.getByText('Nothing to do.').waitFor()
      await page.getByRole('link', {name: 'Mode', exact: true}).click()
      await page.getByRole('radio', {name: 'agent It works'}).check()
      await page.getByRole('button', {name: 'Set the mode'}).click()
      await page.getByText('Changed.').waitFor()
      await openMenu(page)
      await page.getByRole('button', {name: 'Sign out'}).click()
      await page.getByRole('heading', {name: 'Sign in'}).waitFor()
    } finally {
      await browser.close()
    }
  })
})

async function signIn(page: Page, username: string): Promise<void> {
  await page.goto('/')
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', {name: 'Sign in'}).click()
  await page.locator('.menu').waitFor()
}

/** Follows an entry of the navigation. */
async function go(page: Page, name: string): Promise<void> {
  await page.locator('.nav').getByRole('link', {name, exact: true}).click()
  await page.locator('.nav [aria-current]', {hasText: name}).waitFor()
}

const openMenu = (page: Page): Promise<void> => page.locator('.menu > summary').click()

/** Asks, and waits for the end of the answer. */
async function ask(page: Page, message: string): Promise<void> {
  const turns = await page.locator('.turn').count()
  await page.getByLabel('Your message').fill(message)
  await page.getByRole('button', {name: 'Send'}).click()
  await page.locator(`.turn >> nth=${turns}`).locator('.meta').waitFor()
}
