import {chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {verifiedTrail} from '../support/audit.ts'
import {type Home, temporaryHome} from '../support/home.ts'
import {mh, people} from '../support/mh.ts'

const contents = async (home: Home, args: string[] = []): Promise<string[]> =>
  (await mh(home, ['memory', 'list', '-n', '500', '--json', ...args])).json.memories.map(
    ({content}: {content: string}) => content
  )

const found = async (home: Home, query: string, args: string[] = []): Promise<string[]> =>
  (await mh(home, ['remember', query, '--json', ...args])).json.results.map(({content}: {content: string}) => content)

const capture = async (home: Home, ...args: string[]): Promise<{id: string; path: string}> =>
  (await mh(home, ['capture', ...args, '--json'])).json

const lastAudit = (home: Home, name = 'ada') => verifiedTrail(join(home.root, 'profiles', name, 'logs/audit')).at(-1)

/** Files below the data root that hold one of these words; audit trails name ids. */
const filesWith = (home: Home, words: readonly string[]): string[] =>
  readdirSync(home.root, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/logs.audit/.test(path) && words.some((word) => readFileSync(path).includes(word)))

/** An editor that does what the shell script says with the file "$1". */
function editorOf(home: Home, script: string): string {
  const path = join(home.home, 'editor.sh')
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}

describe('memory edit', () => {
  it('changes what the flags say, keeps unknown keys and the version before', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const {id, path} = await capture(home, 'Met Grace for coffee', '-t', 'a', '-t', 'b')
    writeFileSync(path, JSON.stringify({...JSON.parse(readFileSync(path, 'utf8')), odd: {kept: [1]}}))
    const {json} = await mh(home, [
      'memory',
      'edit',
      id,
      '--content',
      'Met Grace for tea',
      '--add-tag',
      'c',
      '--remove-tag',
      'a',
      '--type',
      'journal',
      '--importance',
      '0.9',
      '--at',
      '2024-05-04T10:00Z',
      '--json'
    ])
    expect(json).toMatchObject({
      id,
      content: 'Met Grace for tea',
      tags: ['b', 'c'],
      type: 'journal',
      importance: 0.9,
      timestamp: '2024-05-04T10:00:00.000Z',
      odd: {kept: [1]},
      path
    })
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({content: 'Met Grace for tea', odd: {kept: [1]}})
    expect(await found(home, 'tea')).toEqual(['Met Grace for tea'])
    expect(await found(home, 'coffee')).toEqual([])
    const {json: history} = await mh(home, ['memory', 'history', id, '--json'])
    expect(history).toMatchObject([{content: 'Met Grace for coffee', tags: ['a', 'b'], undone: false}])
    expect(lastAudit(home)).toMatchObject({event: 'memory_edited', details: {id}})
    expect(JSON.stringify(lastAudit(home))).not.toContain('Grace')
  })

  it('refuses a stale version, and takes the present one', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const {id} = await capture(home, 'one')
    const {json: shown} = await mh(home, ['memory', 'show', id, '--json'])
    expect((await mh(home, ['memory', 'edit', id, '--content', 'two', '--version', shown.version])).exitCode).toBe(0)
    const stale = await mh(home, ['memory', 'edit', id, '--content', 'three', '--version', shown.version, '--json'])
    expect([stale.exitCode, stale.json.error.code]).toEqual([5, 'STALE_VERSION'])
    expect(await contents(home)).toEqual(['two'])
  })

  it('takes the text from a file or from flags, and never the one without a word of the other', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    await capture(home, 'first line')
    const file = join(home.home, 'edited.md')
    writeFileSync(file, '---\ntype: journal\n---\n\nfrom a file\n')
    const both = await mh(home, ['memory', 'edit', '@last', '--file', file, '--add-tag', 'x', '--json'])
    expect([both.exitCode, both.json.error.code]).toEqual([2, 'USAGE'])
    expect(await contents(home)).toEqual(['first line'])
  })

  it('opens the editor of the settings, also with --json', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    await capture(home, 'first line')
    await mh(home, ['config', 'set', 'editor', editorOf(home, `sed -i 's/first/second/' "$1"`)])
    expect((await mh(home, ['memory', 'edit', '@last', '--json'])).json).toMatchObject({content: 'second line'})
  })

  it('opens Markdown with front matter in the editor', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const {id} = await capture(home, 'first line', '-t', 'x')
    const seen = join(home.home, 'seen')
    const EDITOR = editorOf(
      home,
      `cp "$1" ${seen}; sed -i 's/first line/other text\\n\\nwith: lines/; s/^  - x/  - "y: z"/' "$1"`
    )
    const {json, exitCode} = await mh(home, ['memory', 'edit', '@last', '--json'], {env: {EDITOR}})
    expect(exitCode).toBe(0)
    expect(json).toMatchObject({id, content: 'other text\n\nwith: lines', tags: ['y: z']})
    const text = readFileSync(seen, 'utf8')
    expect(text).toMatch(/^---\ntimestamp: /)
    expect(text).toMatch(/---\n\nfirst line\n$/)
    expect(text).not.toContain('{')
  })

  it.each([
    ['s/^type: .*/type: ""/', 3, 'type is not a word'],
    ['s/^type: .*/typo: x/', 3, '"typo" is no field'],
    ['s/^importance: .*/importance: high/', 6, 'importance is not a number from 0 to 1'],
    ['s/^timestamp: .*/timestamp: soon/', 2, 'timestamp is not a time'],
    ['s/^type: .*/type: [a/', 0, ''],
    ['s/^precious words$//', 0, 'empty'],
    ['1d', 1, 'begin with a line of ---']
  ])('refuses an edit that is not valid (%s) with the line, and keeps the text', async (script, line, reason) => {
    const home = temporaryHome()
    await people(home, 'ada')
    await capture(home, 'precious words')
    const EDITOR = editorOf(home, `sed -i '${script}' "$1"`)
    const {json, exitCode} = await mh(home, ['memory', 'edit', '@last', '--json'], {env: {EDITOR}})
    expect([exitCode, json.error.code]).toEqual([2, 'INVALID_EDIT'])
    expect(json.error.message).toMatch(line === 0 ? /^Line \d+: / : new RegExp(`^Line ${line}: `))
    expect(json.error.message).toContain(reason)
    expect(await contents(home)).toEqual(['precious words'])
    const kept = /--file (\S+)$/.exec(json.error.hint)?.[1] ?? ''
    const text = readFileSync(kept, 'utf8')
    expect(text).toContain('entities')
    const mended = text.startsWith('---') ? text : `---\n${text}`
    writeFileSync(
      kept,
      mended
        .replace(/type: .*/, 'type: journal')
        .replace('typo: x', 'type: journal')
        .replace(/importance: .*/, 'importance: 1')
        .replace(/timestamp: .*/, 'timestamp: 2024-01-01')
        .replace(/---\s*$/, '---\nprecious words')
    )
    expect((await mh(home, ['memory', 'edit', '@last', '--file', kept])).exitCode).toBe(0)
  })

  it('keeps the text of an edit that came too late', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const {path} = await capture(home, 'original')
    const EDITOR = editorOf(home, `sed -i 's/original/my version/' "$1"; sed -i 's/original/theirs/' ${path}`)
    const {json, exitCode} = await mh(home, ['memory', 'edit', '@last', '--json'], {env: {EDITOR}})
    expect([exitCode, json.error.code]).toEqual([5, 'STALE_VERSION'])
    expect(await contents(home)).toEqual(['theirs'])
    expect(readFileSync(/--file (\S+)$/.exec(json.error.hint)?.[1] ?? '', 'utf8')).toContain('my version')
  })

  it('loses no edit where ten change one memory at once', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const {id} = await capture(home, 'shared')
    const all = await Promise.all(
      Array.from({length: 10}, (_, index) => mh(home, ['memory', 'edit', id, '--add-tag', `t${index}`]))
    )
    expect(all.map(({exitCode, stderr}) => [exitCode, stderr])).toEqual(Array(10).fill([0, '']))
    expect((await mh(home, ['memory', 'show', id, '--json'])).json.tags.sort()).toEqual(
      Array.from({length: 10}, (_, index) => `t${index}`)
    )
    expect((await mh(home, ['memory', 'history', id, '--json'])).json).toHaveLength(10)
  })

  it.each([
    'write',
    'rename',
    'renamed',
    'rename:2',
    'renamed:2',
    'folder-synced:2',
    'audit-line',
    'audited',
    'indexed',
    'committed'
  ])('killed at "%s" leaves the old or the new text, whole, and index and file agreeing', async (point) => {
    const home = temporaryHome()
    await people(home, 'ada')
    const {id} = await capture(home, 'before it')
    await contents(home)
    expect((await mh(home, ['memory', 'edit', id, '--content', 'afterwards'], {env: {MH_FAULT: point}})).signal).toBe(
      'SIGKILL'
    )
    const [now = ''] = await contents(home)
    expect(['before it', 'afterwards']).toContain(now)
    expect((await mh(home, ['memory', 'edit', id, '--content', 'in the end'])).exitCode).toBe(0)
    expect(await found(home, 'end')).toEqual(['in the end'])
    expect(await found(home, now)).toEqual([])
    verifiedTrail(join(home.root, 'profiles/ada/logs/audit'))
  })
})

describe('memory undo', () => {
  it('goes back step by step, and loses nothing', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const {id} = await capture(home, 'one')
    for (const content of ['two', 'three']) await mh(home, ['memory', 'edit', id, '--content', content])
    expect((await mh(home, ['memory', 'undo', id, '--json'])).json.content).toBe('two')
    expect((await mh(home, ['memory', 'undo', id, '--json'])).json.content).toBe('one')
    const none = await mh(home, ['memory', 'undo', id, '--json'])
    expect([none.exitCode, none.json.error.code]).toEqual([3, 'NOTHING_TO_UNDO'])
    const {json: history} = await mh(home, ['memory', 'history', id, '--json'])
    expect(history.map(({content, undone}: {content: string; undone: boolean}) => [content, undone]).sort()).toEqual([
      ['three', true],
      ['two', true]
    ])
    expect(await contents(home)).toEqual(['one'])
    expect(await found(home, 'one')).toEqual([])
    await mh(home, ['memory', 'edit', id, '--content', 'four score'])
    expect((await mh(home, ['memory', 'undo', id, '--json'])).json.content).toBe('one')
  })
})

describe('memory delete and restore', () => {
  it('moves to the trash and back to where it lay', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const {id, path} = await capture(home, 'about the boiler', '--at', '2020-01-01')
    const {json: other} = await mh(home, ['capture', 'about the garden', '--json'])
    expect((await mh(home, ['memory', 'delete', id.slice(-8), '--json'])).json).toEqual({deleted: [id]})
    expect(existsSync(path)).toBe(false)
    expect(await contents(home)).toEqual(['about the garden'])
    expect(await found(home, 'boiler')).toEqual([])
    expect((await mh(home, ['memory', 'show', id])).exitCode).toBe(3)
    const {json: trash} = await mh(home, ['memory', 'trash', '--json'])
    expect(trash).toMatchObject([{id, content: 'about the boiler', deletedAt: expect.any(String)}])
    expect((await mh(home, ['memory', 'restore', id.slice(-8), '--json'])).json).toEqual({restored: [id]})
    expect(existsSync(path)).toBe(true)
    expect(await found(home, 'boiler')).toEqual(['about the boiler'])
    expect((await mh(home, ['memory', 'trash', '--json'])).json).toEqual([])
    expect((await mh(home, ['memory', 'restore', id])).exitCode).toBe(3)
    const twice = await mh(home, ['memory', 'delete', id, 'nope1234', '--json'])
    expect(twice.exitCode).toBe(3)
    expect((await contents(home)).length).toBe(2)
    expect((await mh(home, ['memory', 'delete', id, other.id, id, '--json'])).json.deleted).toEqual([id, other.id])
  })

  it('--empty removes for good, and asks for it', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const {id} = await capture(home, 'gone soon')
    await mh(home, ['memory', 'edit', id, '--content', 'gone quite soon'])
    await mh(home, ['memory', 'delete', id])
    const asked = await mh(home, ['memory', 'trash', '--empty', '--json'])
    expect([asked.exitCode, asked.json.error.code]).toEqual([2, 'CONFIRMATION_MISSING'])
    expect((await mh(home, ['memory', 'trash', '--empty', '--yes', '--json'])).json).toEqual({emptied: 1})
    expect((await mh(home, ['memory', 'trash', '--json'])).json).toEqual([])
    expect(readdirSync(join(home.root, 'profiles/ada/memory/history'))).toEqual([])
    expect((await mh(home, ['memory', 'restore', id])).exitCode).toBe(3)
  })

  it('an id that was used again meanwhile keeps both', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const again = '{"id": "same-1", "content": "CONTENT", "timestamp": "2024-01-01T00:00:00Z"}'
    await mh(home, ['capture', '--batch'], {input: again.replace('CONTENT', 'first')})
    await mh(home, ['memory', 'delete', 'same-1'])
    await mh(home, ['capture', '--batch'], {input: again.replace('CONTENT', 'second')})
    expect((await mh(home, ['memory', 'restore', 'same-1'])).exitCode).toBe(3)
    await mh(home, ['memory', 'delete', 'same-1'])
    expect(
      (await mh(home, ['memory', 'trash', '--json'])).json.map(({content}: {content: string}) => content).sort()
    ).toEqual(['first', 'second'])
    expect((await mh(home, ['memory', 'restore', 'same-1'])).exitCode).toBe(0)
  })

  it.each(['rename', 'renamed', 'folder-synced', 'audit-line', 'audited', 'indexed', 'committed'])(
    'killed at "%s" it is in one place, and only there',
    async (point) => {
      const home = temporaryHome()
      await people(home, 'ada')
      const {id} = await capture(home, 'where am I')
      await contents(home)
      expect((await mh(home, ['memory', 'delete', id], {env: {MH_FAULT: point}})).signal).toBe('SIGKILL')
      const places = async (): Promise<number[]> => [
        (await contents(home)).length,
        (await mh(home, ['memory', 'trash', '--json'])).json.length
      ]
      const deleted = (await places())[1] === 1
      expect(await places()).toEqual(deleted ? [0, 1] : [1, 0])
      if (!deleted) await mh(home, ['memory', 'delete', id])
      expect((await mh(home, ['memory', 'restore', id], {env: {MH_FAULT: point}})).signal).toBe('SIGKILL')
      const restored = (await places())[0] === 1
      expect(await places()).toEqual(restored ? [1, 0] : [0, 1])
      if (!restored) expect((await mh(home, ['memory', 'restore', id])).exitCode).toBe(0)
      expect(await contents(home)).toEqual(['where am I'])
      verifiedTrail(join(home.root, 'profiles/ada/logs/audit'))
    }
  )
})

describe('memory forget', () => {
  it('removes every trace, and tells what is left elsewhere', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const {id} = await capture(home, 'the swordfish password of Grace', '-t', 'secret')
    await capture(home, 'quite another thing')
    await mh(home, ['memory', 'edit', id, '--content', 'the swordfish password of Grace "quoted"'])
    const trashed = await capture(home, 'more about the swordfish', '-t', 'secret')
    await mh(home, ['memory', 'delete', trashed.id])
    await mh(home, ['remember', 'swordfish'])
    const dry = await mh(home, ['memory', 'forget', '--tag', 'secret', '--dry-run', '--json'])
    expect(dry.json.forgotten.sort()).toEqual([id, trashed.id].sort())
    expect((await contents(home)).length).toBe(2)
    expect((await mh(home, ['memory', 'forget', '--tag', 'secret', '--json'])).json.error.code).toBe(
      'CONFIRMATION_MISSING'
    )
    const {json, exitCode} = await mh(home, ['memory', 'forget', '--tag', 'secret', '--yes', '--json'])
    expect(exitCode).toBe(0)
    expect(json).toEqual({forgotten: expect.arrayContaining([id, trashed.id]), remaining: []})
    expect(filesWith(home, ['swordfish', id, [...id].reverse().join('')])).toEqual([])
    expect(await contents(home)).toEqual(['quite another thing'])
    expect(lastAudit(home)).toMatchObject({event: 'memories_forgotten', details: {count: 2}})
    expect((await mh(home, ['memory', 'restore', trashed.id])).exitCode).toBe(3)
  })

  it.each(['forgotten:2', 'indexed'])(
    'that is killed at "%s" can be repeated, and then nothing is left either',
    async (point) => {
      const home = temporaryHome()
      await people(home, 'ada', 'bob')
      const {id} = await capture(home, 'the swordfish password', '-t', 'secret')
      await mh(home, ['memory', 'edit', id, '--content', 'the swordfish password of Grace'])
      const trashed = await capture(home, 'more about the swordfish', '-t', 'secret')
      await mh(home, ['memory', 'delete', trashed.id])
      await capture(home, 'something else')
      await capture(home, 'what Bob keeps', '-u', 'bob')
      const forget = ['memory', 'forget', '--tag', 'secret', '--yes']
      expect((await mh(home, forget, {env: {MH_FAULT: point}})).signal).toBe('SIGKILL')
      expect((await mh(home, forget)).exitCode).toBe(0)
      expect(filesWith(home, ['swordfish', id, [...id].reverse().join('')])).toEqual([])
      expect(await contents(home)).toEqual(['something else'])
      expect(await contents(home, ['-u', 'bob'])).toEqual(['what Bob keeps'])
      verifiedTrail(join(home.root, 'profiles/ada/logs/audit'))
    }
  )

  it('names a memory that quotes what was forgotten, and backups that may hold it', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const {id} = await capture(home, 'the safe opens with 4711')
    await mh(home, ['chat', 'What opens the safe?'])
    mkdirSync(join(home.root, 'backups'))
    writeFileSync(join(home.root, 'backups/ada.tar.gz'), 'x')
    const {json} = await mh(home, ['memory', 'forget', id, '--yes', '--json'])
    expect(json.remaining).toEqual([
      {where: 'profile', path: expect.stringContaining('/profiles/ada/memory/episodic/')},
      {where: 'backup', path: join(home.root, 'backups/ada.tar.gz'), maybe: true}
    ])
  })

  it('refuses to forget everything by accident, and what is not there', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    await capture(home, 'x')
    expect((await mh(home, ['memory', 'forget', '--yes', '--json'])).json.error.code).toBe('NOTHING_SELECTED')
    expect((await mh(home, ['memory', 'forget', 'nope1234', '--yes'])).exitCode).toBe(3)
    expect(await contents(home)).toEqual(['x'])
  })
})

describe('memory supersede', () => {
  it('leaves the old one out of search and chat, and answers as of a day', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const old = await capture(home, 'Grace lives in Berlin', '-t', 'people', '--at', '2024-01-10')
    const {json: next} = await mh(home, [
      'memory',
      'supersede',
      old.id,
      'Grace lives in Porto',
      '--at',
      '2024-06-10',
      '--json'
    ])
    expect(next).toMatchObject({
      content: 'Grace lives in Porto',
      tags: ['people'],
      links: [{type: 'supersedes', target: old.id}]
    })
    expect(await found(home, 'where does Grace live')).toEqual(['Grace lives in Porto'])
    expect((await found(home, 'where does Grace live', ['--superseded'])).sort()).toEqual([
      'Grace lives in Berlin',
      'Grace lives in Porto'
    ])
    expect(await found(home, 'where does Grace live', ['--as-of', '2024-03-01'])).toEqual(['Grace lives in Berlin'])
    expect(await found(home, 'where does Grace live', ['--as-of', '2024-06-10'])).toEqual(['Grace lives in Porto'])
    expect(await found(home, 'where does Grace live', ['--as-of', '2023-03-01'])).toEqual([])
    expect((await mh(home, ['chat', 'Where does Grace live?', '--json', '--no-save'])).json.reply).not.toContain(
      'Berlin'
    )
    expect((await contents(home)).length).toBe(2)
    await mh(home, ['memory', 'delete', next.id])
    expect(await found(home, 'where does Grace live')).toEqual(['Grace lives in Berlin'])
    expect(
      (await mh(home, ['memory', 'supersede', old.id, 'earlier', '--at', '2023-01-01', '--json'])).json.error.code
    ).toBe('SUPERSEDED_LATER')
  })
})

describe('memory duplicates', () => {
  it('tells groups that are equal or nearly so, and removes nothing', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    const lines = [
      'The plumber came on Monday morning and fixed the old boiler in the cellar for us',
      'The plumber came on Monday morning and fixed the old boiler in the cellar for us!',
      'The plumber came on Monday morning and repaired a bicycle in another town',
      'Milk',
      'milk.',
      'Something else entirely happened in the garden today'
    ]
    await mh(home, ['capture', '--batch'], {input: lines.join('\n')})
    await mh(home, ['capture', '--batch', '-u', 'bob'], {input: lines.slice(0, 1).join('\n')})
    const {json} = await mh(home, ['memory', 'duplicates', '--json'])
    expect(json).toHaveLength(2)
    expect(json.map(({ids, similarity}: {ids: string[]; similarity: number}) => [ids.length, similarity])).toEqual([
      [2, 1],
      [2, 1]
    ])
    expect((await mh(home, ['memory', 'duplicates', '--json', '-u', 'bob'])).json).toEqual([])
    expect((await contents(home)).length).toBe(6)
  })
})

describe('memory stats, today and reindex', () => {
  it('stats counts by type and tag', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    await capture(home, 'a', '-t', 'x')
    await capture(home, 'b', '-t', 'x', '-t', 'y', '--type', 'journal')
    expect((await mh(home, ['memory', 'stats', '--json'])).json).toMatchObject({
      total: 2,
      unprocessed: 2,
      byType: {journal: 1, observation: 1},
      byTag: {x: 2, y: 1},
      indexBytes: expect.any(Number)
    })
    expect((await mh(home, ['memory', 'stats', '--json', '-u', 'bob'])).json.total).toBe(0)
  })

  it("today shows the same day of other years, in the person's zone", async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const now = new Date()
    const day = (years: number, time = '12:00:00'): string =>
      `${now.getUTCFullYear() - years}-${now.toISOString().slice(5, 10)}T${time}Z`
    const lines = [
      day(0),
      day(1),
      day(3),
      day(3, '23:59:59'),
      `${now.getUTCFullYear() - 1}-${now.getUTCMonth() === 0 ? '07' : '01'}-15T10:00:00Z`
    ].map((timestamp, index) => JSON.stringify({content: `number ${index}`, timestamp}))
    await mh(home, ['capture', '--batch'], {input: lines.join('\n')})
    const {json} = await mh(home, ['memory', 'today', '--json'])
    expect(json.memories.map(({content}: {content: string}) => content)).toEqual(['number 1', 'number 3', 'number 2'])
  })

  it('reindex reads what changed in place, and --full builds anew', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    const {path} = await capture(home, 'about coffee')
    await capture(home, 'of bob', '-u', 'bob')
    await contents(home)
    writeFileSync(path, readFileSync(path, 'utf8').replace('about coffee', 'all about tea'))
    writeFileSync(join(home.root, 'profiles/ada/memory/episodic/broken.json'), '{')
    const {json} = await mh(home, ['memory', 'reindex', '--json'])
    expect(json).toMatchObject({
      added: 0,
      updated: 1,
      removed: 0,
      unreadable: [{path: expect.stringContaining('broken.json')}],
      durationMs: expect.any(Number)
    })
    expect(await found(home, 'tea')).toEqual(['all about tea'])
    expect((await mh(home, ['memory', 'reindex', '--json'])).json).toMatchObject({added: 0, updated: 0, removed: 0})
    expect((await mh(home, ['memory', 'reindex', '--full', '--json'])).json).toMatchObject({
      added: 1,
      updated: 0,
      removed: 0
    })
    expect(await contents(home)).toEqual(['all about tea'])
    expect(await contents(home, ['-u', 'bob'])).toEqual(['of bob'])
  })
})

describe('two people', () => {
  it("none of these commands reaches the other one's memories", async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    const {id, path} = await capture(home, 'secret of ada')
    const deleted = await capture(home, 'trashed by ada')
    await mh(home, ['memory', 'delete', deleted.id])
    const before = readFileSync(path, 'utf8')
    for (const args of [
      ['edit', id, '--content', 'x'],
      ['delete', id],
      ['history', id],
      ['undo', id],
      ['supersede', id, 'x'],
      ['forget', id, '--yes'],
      ['restore', deleted.id],
      ['forget', deleted.id, '--yes']
    ]) {
      const {exitCode, stdout, stderr} = await mh(home, ['memory', ...args, '-u', 'bob'])
      expect([args, exitCode]).toEqual([args, 3])
      expect(stdout + stderr).not.toContain('of ada')
    }
    for (const args of [
      ['trash'],
      ['today'],
      ['stats'],
      ['duplicates'],
      ['trash', '--empty', '--yes'],
      ['reindex', '--full']
    ]) {
      const {stdout, stderr} = await mh(home, ['memory', ...args, '--json', '-u', 'bob'])
      expect(stdout + stderr).not.toMatch(/of ada|by ada/)
    }
    expect(readFileSync(path, 'utf8')).toBe(before)
    expect((await mh(home, ['memory', 'trash', '--json'])).json).toHaveLength(1)
  })

  it('in emulation mode and for guests nothing changes', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const {id} = await capture(home, 'stays')
    writeFileSync(join(home.root, 'profiles/ada/etc/cognitive-mode.json'), '{"currentMode": "emulation"}')
    for (const args of [
      ['edit', id, '--content', 'x'],
      ['delete', id],
      ['undo', id],
      ['supersede', id, 'x'],
      ['forget', id, '--yes'],
      ['restore', id],
      ['trash', '--empty', '--yes']
    ]) {
      expect([args, (await mh(home, ['memory', ...args])).exitCode]).toEqual([args, 4])
    }
    expect(await contents(home)).toEqual(['stays'])
  })
})
