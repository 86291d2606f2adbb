import {once} from 'node:events'
import {mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:net'
import {dirname, join} from 'node:path'
import {describe, expect, it, onTestFinished} from 'vitest'
import {enterContext} from '../../../../src/core/backend.ts'
import type {UserContext} from '../../../../src/core/context.ts'
import {editMemory} from '../../../../src/core/memory/edit.ts'
import {exportTo} from '../../../../src/core/memory/exporters/export.ts'
import {type ImportOptions, type ImportResult, importMemories} from '../../../../src/core/memory/importers/import.ts'
import {capture, listMemories, memoryStore, type ShownMemory} from '../../../../src/core/memory/memories.ts'
import {trailOf} from '../../../support/audit.ts'
import {type Home, inTemporaryHome} from '../../../support/home.ts'
import {describeOverFiles, itOverFiles} from '../../../support/over-files.ts'
import {makePeople, setDocument} from '../../../support/profile.ts'
import {zipOf} from '../../../support/zip.ts'

/** Writes files below the home, their folders too. @returns the home */
function put(home: Home, files: Record<string, string | Buffer>): string {
  for (const [path, data] of Object.entries(files)) {
    mkdirSync(dirname(join(home.home, path)), {recursive: true})
    writeFileSync(join(home.home, path), data)
  }
  return home.home
}

const bring = (user: UserContext, path: string | string[], options?: ImportOptions): Promise<ImportResult> =>
  enterContext(user, () => importMemories([path].flat(), options))

const memoriesOf = async (user: UserContext): Promise<ShownMemory[]> =>
  (await enterContext(user, () => listMemories({}, 500))).memories

const contentsOf = async (user: UserContext): Promise<string[]> =>
  (await memoriesOf(user)).map(({content}) => content).sort()

const said = (id: string, question: string, answer: string): object => ({
  uuid: id,
  name: 'Talk',
  created_at: '2025-01-02T03:04:05Z',
  chat_messages: [
    {uuid: `${id}-1`, sender: 'human', text: question, created_at: '2025-01-02T03:04:06Z'},
    {uuid: `${id}-2`, sender: 'assistant', text: answer, created_at: '2025-01-02T03:04:07Z'}
  ]
})

const asked = (id: string, question: string, answer: string): object => ({
  conversation_id: id,
  title: 'Talk',
  create_time: 1_700_000_000,
  current_node: 'b',
  mapping: {
    a: {
      id: 'a',
      message: {
        id: 'a',
        author: {role: 'user'},
        create_time: 1_700_000_001,
        content: {content_type: 'text', parts: [question]}
      }
    },
    b: {
      id: 'b',
      parent: 'a',
      message: {id: 'b', author: {role: 'assistant'}, content: {content_type: 'text', parts: [answer]}}
    }
  }
})

describe('an import', () => {
  it('of a folder reads its notes, leaves hidden folders and other files out, and goes to nobody else', async () => {
    const home = inTemporaryHome()
    const {ada, bob} = await makePeople('ada', 'bob')
    const notes = join(
      put(home, {
        'notes/a.md': 'first',
        'notes/sub/b.txt': 'second',
        'notes/.obsidian/workspace.md': 'hidden',
        'notes/.trash/c.md': 'hidden',
        'notes/photo.png': Buffer.from([0x89, 0x50]),
        'notes/empty.md': '\n',
        'notes/binary.md': Buffer.from([0, 1, 2]),
        'notes/latin1.txt': Buffer.from('caf\xe9', 'latin1')
      }),
      'notes'
    )
    expect(await bring(ada, notes)).toEqual({
      imported: 2,
      skipped: 0,
      failed: [
        {source: join(notes, 'binary.md'), reason: expect.stringContaining('is not text')},
        {source: join(notes, 'latin1.txt'), reason: expect.stringContaining('not text in UTF-8')}
      ],
      inTrash: 0,
      leftOut: {'.png': 1, empty: 1}
    })
    expect(await contentsOf(ada)).toEqual(['first', 'second'])
    expect(await contentsOf(bob)).toEqual([])
    expect(await bring(bob, notes)).toMatchObject({imported: 2})
  })

  it('takes each kind of file for what it is', async () => {
    const home = inTemporaryHome()
    const {ada} = await makePeople('ada')
    const folder = put(home, {
      'gpt/conversations.json': JSON.stringify([asked('g1', 'from ChatGPT', 'yes')]),
      'claude.json': JSON.stringify([said('c1', 'from Claude', 'yes')], null, 2),
      'one.json': JSON.stringify(said('c2', 'from one conversation', 'yes')),
      'gpt.zip': zipOf([
        {name: 'chat.html', data: '<html>'},
        {name: 'conversations.json', data: JSON.stringify([asked('g2', 'from a zip', 'yes')])}
      ]),
      'claude.zip': zipOf([
        {name: 'data/conversations-000.json', data: JSON.stringify([said('c3', 'from a zip of Claude', 'yes')])}
      ]),
      'lines.jsonl': '{"content":"from a line","at":"2024-05-01","tags":["x"],"mood":"good"}\n',
      'note.org': '* from a note of another kind',
      'memory/episodic/2025/evt-20251106120000.json': JSON.stringify({
        id: 'evt-20251106120000',
        timestamp: '2025-11-06T12:00:00.000Z',
        content: 'from MetaHuman OS',
        userId: 'greg',
        weather: 'rain',
        metadata: {source: 'web'}
      })
    })
    const paths = ['gpt', 'claude.json', 'one.json', 'gpt.zip', 'claude.zip', 'lines.jsonl', 'note.org', 'memory']
    const result = await bring(
      ada,
      paths.map((path) => join(folder, path))
    )
    expect(result).toMatchObject({imported: 8, failed: []})
    const memories = new Map((await memoriesOf(ada)).map((memory) => [memory.content, memory]))
    expect(
      [...memories.keys()].filter((content) => content.startsWith('from') || content.startsWith('* from'))
    ).toHaveLength(8)
    expect(memories.get('from a line')).toMatchObject({
      tags: ['x'],
      timestamp: expect.stringContaining('2024-0'),
      mood: 'good'
    })
    expect(memories.get('from a zip')).toMatchObject({
      response: 'yes',
      metadata: {sessionId: 'chatgpt-g2', import: {source: `${join(folder, 'gpt.zip')}/conversations.json`}}
    })
    expect(memories.get('from MetaHuman OS')).toMatchObject({
      id: 'evt-20251106120000',
      userId: ada.userId,
      weather: 'rain',
      metadata: {
        source: 'web',
        import: {source: join(folder, 'memory/episodic/2025/evt-20251106120000.json'), hash: expect.any(String)}
      }
    })
    expect(await bring(ada, folder, {format: 'metahuman'})).toMatchObject({imported: 0, skipped: 1})
  })

  it('that was said to be of one format tells what is of another', async () => {
    const home = inTemporaryHome()
    const {ada} = await makePeople('ada')
    const file = join(put(home, {'c.json': JSON.stringify([said('c1', 'q', 'a')])}), 'c.json')
    expect(await bring(ada, file, {format: 'chatgpt'})).toMatchObject({
      imported: 0,
      failed: [{source: `${file}, item 1`, reason: expect.stringContaining('no conversation of ChatGPT')}]
    })
    expect(await bring(ada, file, {format: 'claude'})).toMatchObject({imported: 1, failed: []})
  })

  it('that is dry says what it would do and writes nothing', async () => {
    const home = inTemporaryHome()
    const {ada} = await makePeople('ada')
    const lines = join(put(home, {'l.jsonl': '{"content":"a"}\n{"content":"b"}\n{"content":"a"}\nnonsense'}), 'l.jsonl')
    const dry = await bring(ada, lines, {dryRun: true})
    expect(dry).toMatchObject({imported: 2, skipped: 1, failed: [{source: `${lines}:4`}]})
    expect(await contentsOf(ada)).toEqual([])
    expect(await bring(ada, lines)).toEqual(dry)
  })

  it('that is dry counts as a real one does what is named twice, however much lies between', async () => {
    const home = inTemporaryHome()
    const {ada} = await makePeople('ada')
    const lines = Array.from({length: 600}, (_, at) => JSON.stringify({id: `evt-${at}`, content: `number ${at}`}))
    const folder = put(home, {
      'old.jsonl': lines.join('\n'),
      'new.jsonl': [...lines.slice(0, -1), JSON.stringify({id: 'evt-599', content: 'another'})].join('\n')
    })
    const paths = [join(folder, 'old.jsonl'), join(folder, 'new.jsonl')]
    const dry = await bring(ada, paths, {dryRun: true})
    expect(dry).toMatchObject({imported: 600, skipped: 599, failed: [{source: `${paths[1]}:600`}]})
    expect(await bring(ada, paths)).toEqual(dry)
  })

  it('adds nothing twice, also after a memory was edited or deleted', async () => {
    const home = inTemporaryHome()
    const {ada} = await makePeople('ada')
    const folder = join(
      put(home, {
        'd/a.md': 'edited later',
        'd/b.md': 'deleted later',
        'd/c.md': 'stays',
        'd/l.jsonl': '{"content":"a line"}'
      }),
      'd'
    )
    expect(await bring(ada, folder)).toMatchObject({imported: 4})
    const [edited, deleted] = ['edited later', 'deleted later'].map(
      async (content) => (await memoriesOf(ada)).find((memory) => memory.content === content)?.id ?? ''
    )
    await enterContext(ada, async () => {
      await editMemory((await edited) ?? '', {content: 'edited'})
      await memoryStore().trash([(await deleted) ?? ''])
    })
    expect(await bring(ada, folder)).toMatchObject({imported: 0, skipped: 4, inTrash: 1, failed: []})
    expect(await contentsOf(ada)).toEqual(['a line', 'edited', 'stays'])
    expect(await bring(ada, folder, {dryRun: true})).toMatchObject({imported: 0, skipped: 4, inTrash: 1})
  })

  it('of an own export knows the memories by their ids, and says where one was another', async () => {
    const home = inTemporaryHome()
    const {ada} = await makePeople('ada')
    const file = join(home.home, 'export.jsonl')
    const {id} = await enterContext(ada, () => capture({content: 'as it was'}))
    await enterContext(ada, () => exportTo(file))
    await enterContext(ada, () => editMemory(id, {content: 'as it is'}))
    expect(await bring(ada, file)).toMatchObject({imported: 0, skipped: 1, failed: []})
    writeFileSync(file, readFileSync(file, 'utf8').replace('as it was', 'something else'))
    expect(await bring(ada, file)).toMatchObject({
      imported: 0,
      skipped: 0,
      failed: [{source: `${file}:1`, reason: `the id ${id} belongs to another memory`}]
    })
    expect(await contentsOf(ada)).toEqual(['as it is'])
  })

  it('tells what cannot be read in the middle, and reads the rest', async () => {
    const home = inTemporaryHome()
    const {ada} = await makePeople('ada')
    const deep = `{"content":"deep","x":${'['.repeat(20_000)}${']'.repeat(20_000)}}`
    const big = JSON.stringify({content: 'x'.repeat(6 * 1024 * 1024)})
    const folder = put(home, {
      'l.jsonl': [
        '{"content":"one"}',
        '[1]',
        '{"content":7}',
        '{"content":" "}',
        '{"content":"t","timestamp":"never"}',
        deep,
        big,
        '{"id":"../x","content":"x"}',
        '{"content":"two"}'
      ].join('\n'),
      'c.json': `[${JSON.stringify(said('a', 'three', 'x'))},{"chat_messages":oops},{"mapping":{}},${JSON.stringify(said('b', 'four', 'x'))},{"torn`
    })
    const result = await bring(ada, [join(folder, 'l.jsonl'), join(folder, 'gone'), join(folder, 'c.json')])
    expect(await contentsOf(ada)).toEqual(['four', 'one', 'three', 'two'])
    expect(result.failed.map(({source}) => source.replace(`${folder}/`, ''))).toEqual([
      'l.jsonl:2',
      'l.jsonl:3',
      'l.jsonl:4',
      'l.jsonl:5',
      'l.jsonl:6',
      'l.jsonl:7',
      'l.jsonl:8',
      'gone',
      'c.json, item 2',
      'c.json, item 3',
      'c.json, item 5'
    ])
    expect(result.failed.every(({reason}) => reason !== '')).toBe(true)
  })

  it('tells what cannot be opened, and reads what is named behind it', async () => {
    const home = inTemporaryHome()
    const {ada} = await makePeople('ada')
    const folder = put(home, {'good.md': 'good'})
    // Nobody can open a socket as a file, not even an administrator of the machine.
    const socket = join(folder, 'socket')
    const server = createServer().listen(socket)
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    expect(await bring(ada, [socket, join(folder, 'good.md')])).toMatchObject({
      imported: 1,
      failed: [{source: socket, reason: 'it cannot be read (ENXIO)'}]
    })
  })

  it('writes one entry a chunk into the trail of whoever imports, and no texts', async () => {
    const home = inTemporaryHome()
    const {ada, bob} = await makePeople('ada', 'bob')
    const lines = Array.from({length: 600}, (_, number) => JSON.stringify({content: `secret ${number}`}))
    const progress: [number, number][] = []
    await bring(ada, join(put(home, {'l.jsonl': lines.join('\n')}), 'l.jsonl'), {
      onProgress: (records, fraction) => progress.push([records, fraction])
    })
    const trail = async (user: UserContext): Promise<unknown[]> =>
      (await trailOf(user)).filter(({event}) => event === 'memories_imported')
    expect(await trail(ada)).toMatchObject([{details: {count: 512}}, {details: {count: 88}}])
    expect(JSON.stringify(await trail(ada))).not.toContain('secret')
    expect(await trail(bob)).toEqual([])
    expect(await memoriesOf(bob)).toEqual([])
    expect(progress).toEqual([
      [512, expect.any(Number)],
      [600, 1]
    ])
  })

  it('that is told to stop keeps what it has, and the next one goes on', async () => {
    const home = inTemporaryHome()
    const {ada} = await makePeople('ada')
    const lines = Array.from({length: 1500}, (_, number) => JSON.stringify({content: `line ${number}`}))
    const file = join(put(home, {'l.jsonl': lines.join('\n')}), 'l.jsonl')
    const stop = new AbortController()
    await expect(bring(ada, file, {onProgress: () => stop.abort(), signal: stop.signal})).rejects.toMatchObject({
      code: 'INTERRUPTED',
      exitCode: 130,
      message: expect.stringContaining('512')
    })
    expect(await bring(ada, file)).toMatchObject({imported: 1500 - 512, skipped: 512})
  })

  it('is refused in emulation mode', async () => {
    const home = inTemporaryHome()
    const {ada} = await makePeople('ada')
    await setDocument(ada, 'cognitiveMode', {currentMode: 'emulation'})
    await expect(bring(ada, put(home, {'a.md': 'x'}))).rejects.toMatchObject({code: 'NOT_ALLOWED_IN_MODE', exitCode: 4})
  })
})

describe('paths of an import', () => {
  itOverFiles('lead to nobody else’s profile, by no link and from no folder above', async () => {
    const home = inTemporaryHome()
    const {ada, bob} = await makePeople('ada', 'bob')
    await enterContext(ada, () => capture({content: 'a secret of ada'}))
    put(home, {'../root/profiles/ada/out/note.md': 'another secret'})
    const profile = join(home.root, 'profiles/ada')
    symlinkSync(profile, join(home.home, 'link'))
    for (const path of [
      profile,
      join(profile, 'memory'),
      join(profile, 'out/note.md'),
      join(home.home, 'link'),
      home.root
    ])
      await expect(bring(bob, path)).rejects.toMatchObject({code: 'PATH_NOT_ALLOWED', exitCode: 4})
    expect(await bring(bob, dirname(home.root))).toMatchObject({imported: 0})
    expect(await bring(ada, dirname(home.root))).toMatchObject({imported: 0})
    expect(await contentsOf(bob)).toEqual([])
    expect(await bring(ada, join(profile, 'memory'))).toMatchObject({imported: 0, skipped: 1, failed: []})
  })

  it('follow no link out of a folder, and say so', async () => {
    const home = inTemporaryHome()
    const {ada} = await makePeople('ada')
    const folder = put(home, {'in/a.md': 'inside', 'outside/b.md': 'outside', 'c.md': 'outside too'})
    symlinkSync(join(folder, 'outside'), join(folder, 'in/out'))
    symlinkSync(join(folder, 'c.md'), join(folder, 'in/c.md'))
    symlinkSync(join(folder, 'in'), join(folder, 'in/round'))
    symlinkSync(join(folder, 'gone'), join(folder, 'in/broken'))
    const result = await bring(ada, join(folder, 'in'))
    expect(result.imported).toBe(1)
    expect(result.failed).toEqual([
      {source: join(folder, 'in/broken'), reason: 'it is a link that leads nowhere'},
      {source: join(folder, 'in/c.md'), reason: 'it is a link that leads out of the folder'},
      {source: join(folder, 'in/out'), reason: 'it is a link that leads out of the folder'}
    ])
    // What the person names is meant, link or not.
    expect(await bring(ada, join(folder, 'in/c.md'))).toMatchObject({imported: 1})
  })

  it('let administrators bring in memories that are nobody’s', async () => {
    const home = inTemporaryHome()
    const {ada, bob} = await makePeople('ada', 'bob')
    const event = {id: 'evt-1', timestamp: '2025-01-01T00:00:00Z', content: 'from before there were profiles'}
    put(home, {'../root/memory/episodic/2025/evt-1.json': JSON.stringify(event)})
    await expect(bring(bob, join(home.root, 'memory'))).rejects.toMatchObject({code: 'PATH_NOT_ALLOWED'})
    expect(await bring(ada, join(home.root, 'memory'))).toMatchObject({imported: 1})
  })
})

describeOverFiles('a hostile zip', () => {
  const conversation = JSON.stringify([said('c', 'q', 'a')])
  const refused = async (zip: Buffer): Promise<string> => {
    const home = inTemporaryHome()
    const {ada} = await makePeople('ada')
    const result = await bring(ada, join(put(home, {'x.zip': zip}), 'x.zip'))
    expect(result.failed).toHaveLength(1)
    expect(await contentsOf(ada)).toEqual([])
    return result.failed[0]?.reason ?? ''
  }
  const withEntry = (name: string, mode?: number): Buffer =>
    zipOf([
      {name: 'conversations.json', data: conversation},
      {name, data: 'x', ...(mode === undefined ? {} : {mode})}
    ])

  it.each(['/etc/passwd', '../outside', 'a/../../b', 'C:/x', 'a\\b'])(
    'with the path %s is refused as a whole',
    async (name) => {
      expect(await refused(withEntry(name))).toMatch(/^the zip is refused: /)
    }
  )

  it('with a link is refused', async () => {
    expect(await refused(withEntry('link', 0o120777))).toMatch(/"link" is a link/)
  })

  it('that unpacks to far more than it has is refused before it is unpacked', async () => {
    const zip = zipOf([
      {name: 'conversations.json', data: conversation},
      {name: 'bomb', data: Buffer.alloc(20 * 1024 * 1024)}
    ])
    expect(await refused(zip)).toMatch(/"bomb" unpacks \d+ bytes to 20971520/)
    expect(await refused(zipOf([{name: 'conversations.json', data: '[]', size: 3 * 1024 ** 3}]))).toMatch(
      /unpacks 4 bytes to 3221225472/
    )
  })

  it('that unpacks to more than it says is read no further', async () => {
    const spaces = `[${' '.repeat(100_000)}${JSON.stringify(said('c', 'q', 'a'))}]`
    expect(await refused(zipOf([{name: 'conversations.json', data: spaces, size: 50_000}]))).toMatch(
      /reading ended here: .*too many bytes/
    )
  })

  it('that is torn, or none, is told', async () => {
    const zip = withEntry('x')
    expect(await refused(zip.subarray(0, zip.length - 30))).toMatch(/^the zip is refused: /)
    expect(await refused(zipOf([{name: 'readme.txt', data: 'x'}]))).toBe('there is no conversations.json in it')
    const home = inTemporaryHome()
    const {ada} = await makePeople('ada')
    const path = join(put(home, {'x.zip': zip}), 'x.zip')
    truncateSync(path, 0)
    expect(await bring(ada, path)).toMatchObject({imported: 0, leftOut: {empty: 1}})
  })
})
