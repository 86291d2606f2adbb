import {unlinkSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {describe, expect, it, onTestFinished, vi} from 'vitest'
import {withUserContext} from '../../src/core/context.ts'
import {holdIndexesOpen} from '../../src/core/file-index/held.ts'
import {glanceAtFile, glanceAtFiles, lookAgain} from '../../src/core/glance.ts'
import {keptAnswer} from '../../src/core/kept-answers.ts'
import {capture, listMemories, showMemory} from '../../src/core/memory/memories.ts'
import {paths} from '../../src/core/paths.ts'
import {addTask} from '../../src/core/tasks/tasks.ts'
import {inTemporaryHome} from '../support/home.ts'
import {mh} from '../support/mh.ts'
import {makePeople, setDocument} from '../support/profile.ts'
import {type Browser, startWeb} from '../support/web.ts'

/** Longer than a file has to be as it is before anything is concluded from it. */
const SETTLED_MS = 80
/** Longer than it takes until folders are looked at again. */
const FOLDERS_MS = 550

describe('an answer that is asked for again', () => {
  /** Asks until the answer is one that is kept. */
  async function settled(browser: Browser, path: string) {
    await sleep(SETTLED_MS)
    for (let round = 0; round < 3; round++) await browser.ask(path)
    return (await browser.ask(path)).json
  }

  it('is given again only while every file that it was made of is as it was', async () => {
    const {home} = inTemporaryHome()
    onTestFinished(glanceAtFiles())
    vi.useFakeTimers({toFake: ['Date']})
    onTestFinished(() => void vi.useRealTimers())
    const later = (): unknown => vi.setSystemTime(Date.now() + 60_000)
    const path = join(home, 'document')
    let made = 0
    const ask = async (): Promise<string> => {
      lookAgain()
      return String(await keptAnswer(path, 500, async () => `${++made} ${glanceAtFile(path)?.size}`))
    }
    expect([await ask(), await ask()]).toEqual(['1 undefined', '1 undefined'])
    writeFileSync(path, 'a')
    // A change within the same tick of the clock could go unseen.
    expect([await ask(), await ask()]).toEqual(['2 1', '3 1'])
    later()
    expect([await ask(), await ask(), await ask()]).toEqual(['4 1', '4 1', '4 1'])
    writeFileSync(path, 'b')
    expect([await ask(), await ask()]).toEqual(['5 1', '5 1'])
    unlinkSync(path)
    expect([await ask(), await ask()]).toEqual(['6 undefined', '6 undefined'])
    later()
    expect(await ask()).toBe('7 undefined')
  })

  it('is given again after a look at the folders, when that is due', async () => {
    inTemporaryHome()
    onTestFinished(glanceAtFiles())
    onTestFinished(holdIndexesOpen())
    const {ada} = await makePeople('ada')
    await withUserContext(ada, async () => {
      const {path} = await showMemory((await capture({content: 'Met Grace in Lyon'})).id)
      let made = 0
      const ask = async (): Promise<string> => {
        lookAgain()
        return String(
          await keptAnswer(path, 60_000, async () => `${++made} ${(await listMemories({})).memories.length}`)
        )
      }
      // What was noted of a folder that is as young as this is noted anew once.
      await sleep(FOLDERS_MS)
      await vi.waitFor(async () => expect(await ask()).toBe(await ask()))
      const before = await ask()
      expect(before).toMatch(/ 1$/)
      await sleep(FOLDERS_MS)
      expect(await ask()).toBe(before)
      const more = {id: 'evt-1', timestamp: '2026-05-04T10:00:00Z', content: 'Grace came by'}
      writeFileSync(join(dirname(path), 'evt-1.json'), JSON.stringify(more))
      await sleep(FOLDERS_MS)
      expect(await ask()).toMatch(/ 2$/)
    })
  })

  it('is not kept where nothing was looked at, or a look failed', async () => {
    const {root} = inTemporaryHome()
    onTestFinished(glanceAtFiles())
    let made = 0
    const ask = async (key: string, work: () => Promise<string>): Promise<string> =>
      String(await keptAnswer(key, 500, work))
    expect(await ask('nothing', async () => `${++made}`)).toBe('1')
    expect(await ask('nothing', async () => `${++made}`)).toBe('2')
    const failing = async (): Promise<string> => {
      glanceAtFile(root)
      try {
        glanceAtFile(join(root, '\0'))
      } catch {
        // Whoever goes on without it knows less.
      }
      return `${++made}`
    }
    expect(await ask('failing', failing)).toBe('3')
    expect(await ask('failing', failing)).toBe('4')
  })

  it('tells of every document, role and account as they are', async () => {
    const home = inTemporaryHome()
    const {ada, bob} = await makePeople('ada', 'bob')
    const web = await startWeb()
    const browser = await web.as(ada)
    const others = await web.as(bob)
    await settled(browser, '/api/status')
    for (let round = 0; round < 20; round++) {
      // The same length each time, in place.
      const name = `Persona ${String(round).padStart(3, '0')}`
      await setDocument(ada, 'personaCore', {identity: {name}})
      if (round % 2 === 0) await sleep(SETTLED_MS)
      for (let time = 0; time < 3; time++) expect((await browser.ask('/api/status')).json.persona.name).toBe(name)
    }
    await setDocument(ada, 'cognitiveMode', {currentMode: 'emulation'})
    expect((await browser.ask('/api/status')).json.mode).toBe('emulation')
    await settled(others, '/api/status')
    await mh(home, ['user', 'role', 'bob', 'guest', '-u', 'ada'])
    expect((await others.ask('/api/status')).json.user).toMatchObject({username: 'bob', role: 'guest'})
    await mh(home, ['user', 'rename', 'bob', 'robert', '-u', 'ada'])
    expect((await others.ask('/api/status')).json.user).toMatchObject({username: 'robert'})
  })

  it('tells what another process kept, what was done, and what is another person’s never', async () => {
    const home = inTemporaryHome()
    const {ada, bob} = await makePeople('ada', 'bob')
    await withUserContext(bob, () => capture({content: 'Grace is a secret of Bob'}))
    const web = await startWeb()
    const browser = await web.as(ada)
    expect((await settled(browser, '/api/memories?query=Grace')).memories).toEqual([])
    await mh(home, ['capture', 'Met Grace in Lyon', '-u', 'ada'])
    expect((await browser.ask('/api/status')).json.memories.total).toBe(1)
    expect((await settled(browser, '/api/memories?query=Grace')).memories).toMatchObject([
      {content: 'Met Grace in Lyon'}
    ])
    expect((await settled(await web.as(bob), '/api/memories?query=Grace')).memories).toMatchObject([
      {content: 'Grace is a secret of Bob'}
    ])
    await settled(browser, '/api/status')
    await browser.ask('/api/capture', {json: {content: 'Grace wrote a letter'}})
    expect((await browser.ask('/api/status')).json.memories.total).toBe(2)
    expect((await browser.ask('/api/memories?query=Grace')).json.memories).toHaveLength(2)
    expect((await settled(browser, '/api/memories')).memories).toHaveLength(2)
    await browser.ask('/api/capture', {json: {content: 'Nothing of her'}})
    expect((await browser.ask('/api/memories')).json.memories).toHaveLength(3)
  })

  it('shows no text that its file does not have any more', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const {id} = await withUserContext(ada, () => capture({content: 'Met Grace in Lyon'}))
    const {path} = await withUserContext(ada, () => showMemory(id))
    const web = await startWeb()
    const browser = await web.as(ada)
    for (const address of ['/api/memories?query=Grace', '/api/memories'])
      for (const place of ['Nice', 'Rome', 'Bonn']) {
        await settled(browser, address)
        writeFileSync(path, JSON.stringify({id, timestamp: '2026-05-04T10:00:00Z', content: `Met Grace in ${place}`}))
        expect((await browser.ask(address)).json.memories).toMatchObject([{content: `Met Grace in ${place}`}])
      }
    await settled(browser, '/api/memories?query=Grace')
    unlinkSync(path)
    expect((await browser.ask('/api/memories?query=Grace')).json.memories).toEqual([])
  })

  it('finds what another tool put into the folders soon', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const {path} = await withUserContext(ada, async () =>
      showMemory((await capture({content: 'Met Grace in Lyon'})).id)
    )
    const web = await startWeb()
    const browser = await web.as(ada)
    await settled(browser, '/api/memories?query=Grace')
    writeFileSync(
      join(dirname(path), 'evt-1.json'),
      JSON.stringify({id: 'evt-1', timestamp: '2026-05-04T10:00:00Z', content: 'Grace came by'})
    )
    await vi.waitFor(
      async () => expect((await browser.ask('/api/memories?query=Grace')).json.memories).toHaveLength(2),
      {timeout: 8000, interval: 100}
    )
  })

  it('shows a task as its file is', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const task = await withUserContext(ada, () => addTask({title: 'Buy paint', due: '2031-01-02'}))
    const file = withUserContext(ada, () => join(paths.tasksActive, `${task.id}.json`))
    const web = await startWeb()
    const browser = await web.as(ada)
    expect((await settled(browser, '/api/status')).tasks.next).toMatchObject([{title: 'Buy paint'}])
    writeFileSync(file, JSON.stringify({...task, title: 'Buy brush'}))
    expect((await browser.ask('/api/status')).json.tasks.next).toMatchObject([{title: 'Buy brush'}])
  })
})
