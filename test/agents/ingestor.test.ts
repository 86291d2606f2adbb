import {existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {expect, it} from 'vitest'
import type {PersonResult} from '../../src/agents/run-result.ts'
import {type RunRequest, runAgents} from '../../src/agents/runner.ts'
import {enterContext} from '../../src/core/backend.ts'
import {type UserContext, withUserContext} from '../../src/core/context.ts'
import type {EpisodicEvent} from '../../src/core/memory/event.ts'
import {memoryStore} from '../../src/core/memory/memories.ts'
import {paths} from '../../src/core/paths.ts'
import {requireUser} from '../../src/core/users/accounts.ts'
import {verifiedTrail} from '../support/audit.ts'
import {docxOf, pdfOf} from '../support/documents.ts'
import {inTemporaryHome} from '../support/home.ts'
import {mh} from '../support/mh.ts'
import {describeOverFiles} from '../support/over-files.ts'
import {makePeople, setDocument} from '../support/profile.ts'

const inboxOf = (user: UserContext): string => withUserContext(user, () => paths.inbox)

/** Puts files into the person's inbox. */
function drop(user: UserContext, files: Record<string, string | Buffer>): void {
  for (const [name, data] of Object.entries(files)) {
    mkdirSync(dirname(join(inboxOf(user), name)), {recursive: true})
    writeFileSync(join(inboxOf(user), name), data)
  }
}

async function ingest(user: UserContext, more: Partial<RunRequest> = {}): Promise<PersonResult> {
  const [run] = await runAgents({agents: ['ingestor'], users: [await requireUser(user.username)], ...more})
  if (run?.users[0] === undefined) throw new Error('it ran for nobody')
  return run.users[0]
}

const memoriesOf = async (user: UserContext): Promise<EpisodicEvent[]> =>
  (await enterContext(user, () => memoryStore().list({filter: {}, limit: 2000}))).map(({event}) => event).reverse()

const contentsOf = async (user: UserContext): Promise<string[]> => (await memoriesOf(user)).map(({content}) => content)

/** Files below the inbox, by their paths; days of the archive are called DAY. */
const below = (user: UserContext, folder = ''): string[] =>
  readdirSync(join(inboxOf(user), folder), {recursive: true, withFileTypes: true})
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(inboxOf(user).length + 1))
    .map((path) => path.replace(/\d{4}-\d\d-\d\d/, 'DAY'))
    .sort()

describeOverFiles('what is put into the inbox', () => {
  it('becomes memories in their order, linked to their source, and is archived', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    drop(ada, {
      'trip/notes.md':
        '---\ndate: 2024-05-01\ntags: [sea]\n---\n# Monday\nWe swam.\n\nThen it rained.\n\nThen it rained.',
      'letter.docx': docxOf(['Dear Ada, it was fun.']),
      'plan.pdf': pdfOf(['Buy a boat.'])
    })
    expect(await ingest(ada)).toMatchObject({status: 'ok', processed: 3, created: 5, failed: 0})
    const memories = await memoriesOf(ada)
    const notes = memories.filter(({tags}) => tags.includes('sea'))
    expect(notes.map(({content}) => content)).toEqual(['# Monday\n\nWe swam.', 'Then it rained.', 'Then it rained.'])
    expect(notes[1]).toMatchObject({
      timestamp: '2024-05-01T00:00:00.001Z',
      userId: ada.userId,
      metadata: {
        title: 'notes',
        processed: false,
        run: expect.stringMatching(/^run-/),
        import: {source: 'trip/notes.md', hash: expect.any(String), file: expect.any(String), part: 2, parts: 3}
      }
    })
    expect(below(ada)).toEqual(['_archive/DAY/letter.docx', '_archive/DAY/plan.pdf', '_archive/DAY/trip/notes.md'])
    expect(await ingest(ada)).toMatchObject({status: 'ok', processed: 0, reason: 'there is nothing new in the inbox'})
  })

  it('belongs to whose inbox it is', async () => {
    inTemporaryHome()
    const {ada, bob} = await makePeople('ada', 'bob')
    drop(ada, {'a.txt': 'Of ada.'})
    drop(bob, {'a.txt': 'Of bob.'})
    await runAgents({agents: ['ingestor'], users: [await requireUser('ada'), await requireUser('bob')]})
    expect(await contentsOf(ada)).toEqual(['Of ada.'])
    expect(await contentsOf(bob)).toEqual(['Of bob.'])
    expect((await memoriesOf(bob)).every(({userId}) => userId === bob.userId)).toBe(true)
  })

  it('makes nothing twice: not when it comes again, nor what is in the trash, and of what grew only what is new', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    drop(ada, {'a.txt': 'One.\n\nTwo.'})
    await ingest(ada)
    const [one] = await memoriesOf(ada)
    await enterContext(ada, () => memoryStore().trash([one?.id ?? '']))
    drop(ada, {'a.txt': 'One.\n\nTwo.\n\nThree.'})
    expect(await ingest(ada)).toMatchObject({processed: 1, created: 1})
    expect((await contentsOf(ada)).sort()).toEqual(['Three.', 'Two.'])
    expect(below(ada)).toEqual(['_archive/DAY/a-2.txt', '_archive/DAY/a.txt'])
  })

  it('that cannot be read is set aside with its reason, and keeps nothing else waiting', async () => {
    const home = inTemporaryHome()
    const {ada, bob} = await makePeople('ada', 'bob')
    drop(bob, {'secret.txt': 'Of bob.'})
    const images = Object.fromEntries(Array.from({length: 7}, (_, at) => [`a${at}.png`, 'x']))
    drop(ada, {...images, 'b.json': '{"a":', 'c.txt': Buffer.from([0xe9, 0x20]), 'empty.md': '\n', 'z.txt': 'Good.'})
    symlinkSync(join(inboxOf(bob), 'secret.txt'), join(inboxOf(ada), 'link.txt'))
    symlinkSync(inboxOf(bob), join(inboxOf(ada), 'folder'))
    writeFileSync(join(home.home, 'x.txt'), 'Elsewhere.')
    const result = await ingest(ada)
    expect(result).toMatchObject({status: 'failed', processed: 1, created: 1, failed: 12})
    expect(result.error).toMatch('a0.png: it is an image, which is not read')
    expect(await contentsOf(ada)).toEqual(['Good.'])
    expect(below(ada).filter((path) => path.endsWith('.txt'))).toContain('_archive/DAY/z.txt')
    const reason = (name: string): string => {
      const [day = ''] = readdirSync(join(inboxOf(ada), '_failed'))
      return readFileSync(join(inboxOf(ada), '_failed', day, `${name}.reason.txt`), 'utf8')
    }
    expect(reason('link.txt')).toMatch('it is a link')
    expect(reason('folder')).toMatch('it is a link')
    expect(reason('b.json')).toMatch('it is not JSON: line 1')
    expect(reason('empty.md')).toMatch('there is no text in it')
    expect(readdirSync(inboxOf(ada)).sort()).toEqual(['_archive', '_failed'])
    expect(readFileSync(join(inboxOf(bob), 'secret.txt'), 'utf8')).toBe('Of bob.')
    expect(await ingest(ada)).toMatchObject({status: 'ok', processed: 0})
  })

  it('may have a name as long as names can be, as often as it comes', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const long = 'x'.repeat(251)
    for (const text of ['One.', 'Two.']) {
      drop(ada, {[`${long}.txt`]: text, [`${long}.png`]: text, [`${'ü'.repeat(125)}.png`]: text, 'z.txt': text})
      expect(await ingest(ada)).toMatchObject({processed: 2, created: 2, failed: 2})
    }
    expect(await contentsOf(ada)).toEqual(['One.', 'One.', 'Two.', 'Two.'])
    const kept = below(ada).map((path) => path.replace(/[xü]{2,}/, '…').replace('_failed/DAY/', ''))
    expect(kept.filter((path) => !path.endsWith('.reason.txt')).sort()).toEqual([
      ...['_archive/DAY/z-2.txt', '_archive/DAY/z.txt', '_archive/DAY/…-2.txt', '_archive/DAY/….txt'],
      ...['…-2.png', '…-2.png', '….png', '….png']
    ])
    expect(kept).toHaveLength(12)
  })

  it('and is still being written is left for the next time', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    drop(ada, {'done.txt': 'Done.', 'growing.txt': 'Beginning', '.hidden': 'x', 'film.txt.part': 'x'})
    const growing = join(inboxOf(ada), 'growing.txt')
    const running = ingest(ada)
    const timer = setInterval(() => writeFileSync(growing, '.', {flag: 'a'}), 20)
    const result = await running
    clearInterval(timer)
    expect(result).toMatchObject({status: 'ok', processed: 1, reason: '1 file is still being written'})
    expect(await contentsOf(ada)).toEqual(['Done.'])
    expect(below(ada)).toEqual(['.hidden', '_archive/DAY/done.txt', 'film.txt.part', 'growing.txt'])
    utimesSync(growing, new Date(), new Date())
    expect(await ingest(ada)).toMatchObject({processed: 1})
  })

  it('stays where the settings say so, and is read once; lengths are as they say', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    await setDocument(ada, 'ingestor', {archive: false, maximumCharacters: 100})
    drop(ada, {'a.txt': `${'A sentence of words. '.repeat(12)}`})
    expect(await ingest(ada)).toMatchObject({processed: 1, created: 3})
    expect((await contentsOf(ada)).every((content) => content.length <= 100)).toBe(true)
    await enterContext(ada, async () => memoryStore().forget((await memoriesOf(ada)).map(({id}) => id)))
    expect(await ingest(ada)).toMatchObject({processed: 0, created: 0, reason: 'there is nothing new in the inbox'})
    expect(below(ada)).toEqual(['a.txt'])
    await setDocument(ada, 'ingestor', {enabled: false})
    expect(await ingest(ada)).toMatchObject({status: 'ok', reason: 'etc/ingestor.json has it off'})
    await setDocument(ada, 'ingestor', {maximumCharacters: 9})
    expect((await ingest(ada)).error).toMatch('maximumCharacters')
  })

  it('is only counted in a dry run', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    drop(ada, {'a.txt': 'One.\n\nTwo.', 'b.png': 'x'})
    expect(await ingest(ada, {dryRun: true})).toMatchObject({processed: 1, created: 2, failed: 1})
    expect(below(ada)).toEqual(['a.txt', 'b.png'])
    expect(await contentsOf(ada)).toEqual([])
  })
})

describeOverFiles('killed at any step', () => {
  it.each([
    'staged',
    'renamed:1',
    'renamed:30',
    'folder-synced:1',
    'audit-line:2',
    'audited:2',
    'indexed:1',
    'committed:1',
    'rename:61',
    'renamed:61',
    'folder-synced:2',
    'renamed:62',
    'locked:3',
    'locked:4',
    'locked:5'
  ])('at %s, each paragraph is a memory once and each file is archived once', async (fault) => {
    const home = inTemporaryHome()
    const {ada} = await makePeople('ada')
    const paragraphs = (name: string): string[] => Array.from({length: 60}, (_, at) => `${name} says ${at}.`)
    drop(ada, {'a.txt': paragraphs('a').join('\n\n'), 'b.txt': paragraphs('b').join('\n\n'), 'c.png': 'x'})
    const killed = await mh(home, ['agents', 'run', 'ingestor', '-u', 'ada'], {env: {MH_FAULT: fault}})
    expect(killed).toMatchObject({signal: 'SIGKILL'})
    await ingest(ada)
    expect((await contentsOf(ada)).sort()).toEqual([...paragraphs('a'), ...paragraphs('b')].sort())
    expect(below(ada)).toEqual([
      '_archive/DAY/a.txt',
      '_archive/DAY/b.txt',
      '_failed/DAY/c.png',
      '_failed/DAY/c.png.reason.txt'
    ])
    expect(existsSync(join(inboxOf(ada), 'a.txt'))).toBe(false)
    expect(verifiedTrail(withUserContext(ada, () => paths.audit)).length).toBeGreaterThan(0)
  })
})
