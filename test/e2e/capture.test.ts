import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync
} from 'node:fs'
import {basename, dirname, join} from 'node:path'
import {execa} from 'execa'
import {describe, expect, it} from 'vitest'
import {type Home, temporaryHome} from '../support/home.ts'
import {BIN, environment, mh, people} from '../support/mh.ts'

const contents = async (home: Home, args: string[] = []): Promise<string[]> =>
  (await mh(home, ['memory', 'list', '-n', '500', '--json', ...args])).json.memories.map(
    ({content}: {content: string}) => content
  )

const found = async (home: Home, query: string, args: string[] = []): Promise<string[]> =>
  (await mh(home, ['remember', query, '--json', ...args])).json.results.map(({content}: {content: string}) => content)

describe('capture', () => {
  it("keeps what it is told in the person's own folder, and says what it kept", async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const {json} = await mh(home, [
      'capture',
      'Met',
      'Grace',
      '-t',
      'people',
      '-t',
      'coffee',
      '--type',
      'journal',
      '--importance',
      '0.8',
      '--at',
      '2023-05-07T12:00:00+02:00',
      '--private',
      '--json'
    ])
    expect(json).toMatchObject({
      content: 'Met Grace',
      tags: ['people', 'coffee'],
      type: 'journal',
      timestamp: '2023-05-07T10:00:00.000Z'
    })
    expect(json.id).toMatch(/^evt-[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(json.path).toBe(join(home.root, 'profiles/ada/memory/episodic/2023/05', `${json.id}.json`))
    const file = JSON.parse(readFileSync(json.path, 'utf8'))
    const {path: _path, ...kept} = json
    expect(file).toMatchObject({
      ...kept,
      importance: 0.8,
      entities: [],
      links: [],
      metadata: {cognitiveMode: 'dual', timezone: 'UTC', processed: false, private: true}
    })
    expect(Object.keys(file)).not.toContain('path')
    expect(Object.keys(json).sort()).toEqual(['content', 'id', 'path', 'tags', 'timestamp', 'type', 'userId'])
  })

  it('takes one value for each --tag, flags on either side of the text, and everything after "--" as text', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    expect((await mh(home, ['capture', '-t', 'people', 'Met', 'Grace', '--json'])).json).toMatchObject({
      tags: ['people'],
      content: 'Met Grace'
    })
    expect((await mh(home, ['capture', 'Met', 'Grace', '-t', 'people', '--json'])).json).toMatchObject({
      tags: ['people'],
      content: 'Met Grace'
    })
    expect((await mh(home, ['capture', '--json', '--', '--tag', '-x'])).json).toMatchObject({
      tags: [],
      content: '--tag -x'
    })
  })

  it('reads standard input only where it has no text, or is asked to by "-"', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    expect((await mh(home, ['capture', '--json'], {input: 'from input\n'})).json.content).toBe('from input')
    expect((await mh(home, ['capture', 'own', '--json'], {input: 'not wanted'})).json.content).toBe('own')
    expect((await mh(home, ['capture', 'Log:', '-', '--json'], {input: 'a\nb\n'})).json.content).toBe('Log:\n\na\nb')
    const silent = execa(process.execPath, [BIN, 'capture', 'has its text'], {
      env: environment(home),
      extendEnv: false,
      stdin: 'pipe',
      timeout: 20_000
    })
    expect((await silent).exitCode).toBe(0)
  })

  it('works in a shell loop, which keeps its own input', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    writeFileSync(join(home.home, 'notes'), 'one\ntwo\nthree\n')
    const mhCommand = `'${process.execPath}' '${BIN}'`
    await execa('sh', ['-c', `while read l; do ${mhCommand} capture "$l"; done < notes`], {
      cwd: home.home,
      env: environment(home),
      extendEnv: false
    })
    expect((await contents(home)).sort()).toEqual(['one', 'three', 'two'])
  })

  it("reads words for a time in the person's zone", async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    writeFileSync(
      join(home.root, 'profiles/ada/etc/profile.json'),
      '{"timezone": "America/New_York", "language": "en"}'
    )
    expect((await mh(home, ['capture', 'x', '--at', '2023-07-01 09:30', '--json'])).json.timestamp).toBe(
      '2023-07-01T13:30:00.000Z'
    )
    expect((await mh(home, ['capture', 'x', '--at', '2023-01-01', '--json'])).json.timestamp).toBe(
      '2023-01-01T05:00:00.000Z'
    )
    const {json} = await mh(home, ['capture', 'x', '--at', 'yesterday at 5pm', '--json'])
    expect(json.timestamp).toMatch(/T2[12]:00:00.000Z$/)
    const age = Date.now() - Date.parse(json.timestamp)
    expect(age).toBeGreaterThan(0)
    expect(age).toBeLessThan(48 * 3_600_000)
  })

  it('takes the text of a file, or what is written in the editor', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const note = join(home.home, 'note.txt')
    writeFileSync(note, 'first line\nsecond line\n')
    expect((await mh(home, ['capture', '--file', note, '--json'])).json.content).toBe('first line\nsecond line')
    const editor = join(home.home, 'editor.sh')
    writeFileSync(editor, '#!/bin/sh\necho "written in $2" > "$2"\n')
    chmodSync(editor, 0o755)
    expect((await mh(home, ['capture', '--editor', '--json'], {env: {EDITOR: `${editor} -w`}})).json.content).toMatch(
      /^written in .*memory\.md$/
    )
    writeFileSync(editor, '#!/bin/sh\necho kept > "$1"; exit 3\n')
    const failed = await mh(home, ['capture', '--editor'], {env: {VISUAL: editor}})
    expect(failed.exitCode).toBe(1)
    const kept = /kept in (\S+)/.exec(failed.stderr)?.[1] ?? ''
    expect(readFileSync(kept, 'utf8')).toBe('kept\n')
    rmSync(dirname(kept), {recursive: true})
  })

  it.each([
    [['capture'], '', 'EMPTY_CAPTURE'],
    [['capture', ''], undefined, 'EMPTY_CAPTURE'],
    [['capture', '  '], undefined, 'EMPTY_CAPTURE'],
    [['capture', '-'], ' \n', 'EMPTY_CAPTURE'],
    [['capture', 'x', '--importance', '1.5'], undefined, 'INVALID_IMPORTANCE'],
    [['capture', 'x', '--importance', 'high'], undefined, 'INVALID_IMPORTANCE'],
    [['capture', 'x', '--at', 'soonish'], undefined, 'INVALID_TIME'],
    [['capture', 'x', '--at', '2023-02-30'], undefined, 'INVALID_TIME'],
    [['capture', '--file', '/nowhere/at/all'], undefined, 'FILE_NOT_READABLE'],
    [['capture', '--file', '/tmp'], undefined, 'FILE_NOT_READABLE'],
    [['capture'], 'a\0b', 'BINARY_INPUT'],
    [['capture'], Buffer.from([0xff, 0xfe, 0x41]), 'BINARY_INPUT'],
    [['capture'], 'x'.repeat(5 * 1024 * 1024 + 1), 'INPUT_TOO_LARGE'],
    [['capture', '--batch'], '', 'EMPTY_CAPTURE'],
    [['capture', '--batch', 'text'], 'x', 'TEXT_WITH_BATCH'],
    [['capture', '--plain', 'x'], undefined, 'USAGE'],
    [['capture', '--nonsense'], undefined, 'USAGE']
  ])('%j refuses bad input with one sentence, exit 2, and keeps nothing', async (args, input, code) => {
    const home = temporaryHome()
    await people(home, 'ada')
    const {exitCode, json, stderr} = await mh(home, [...args, '--json'], input === undefined ? {} : {input})
    expect([exitCode, json.error.code, stderr]).toEqual([2, code, ''])
    expect(json.error.message).not.toContain('\n')
    expect(await contents(home)).toEqual([])
  })

  it('refuses in emulation mode and for guests, and still reads', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    await mh(home, ['user', 'create', 'gus', '--role', 'guest'])
    expect((await mh(home, ['capture', 'x', '-u', 'gus', '--json'])).json.error.code).toBe('NOT_ALLOWED_FOR_ROLE')
    await mh(home, ['capture', 'before'])
    writeFileSync(join(home.root, 'profiles/ada/etc/cognitive-mode.json'), '{"currentMode": "emulation"}')
    const refused = await mh(home, ['capture', 'x', '--json'])
    expect([refused.exitCode, refused.json.error.code]).toEqual([4, 'NOT_ALLOWED_IN_MODE'])
    expect((await mh(home, ['capture', '--batch'], {input: 'x'})).exitCode).toBe(4)
    expect(await contents(home)).toEqual(['before'])
  })

  it('loses nothing where 30 processes capture at once', async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    const all = await Promise.all(
      Array.from({length: 30}, (_, index) => mh(home, ['capture', `number ${index}`, '-u', index % 2 ? 'ada' : 'bob']))
    )
    expect(all.map(({exitCode, stderr}) => [exitCode, stderr])).toEqual(Array(30).fill([0, '']))
    expect(await contents(home, ['-u', 'ada'])).toHaveLength(15)
    expect(await contents(home, ['-u', 'bob'])).toHaveLength(15)
  })
})

describe('capture --batch', () => {
  it('keeps one memory a line, JSON as it is given, and tells bad lines by number', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const lines = [
      'one',
      '',
      '{"content": "two", "timestamp": "2020-01-02T03:04:05Z", "tags": ["b"], "type": "journal", "id": "D1:2", "metadata": {"speaker": "Bob"}}',
      '{"content": }',
      '{"content": "x", "importance": 3}',
      '{"contents": "typo"}',
      '{"content": "three", "at": "2020-02-01 10:00"}',
      '{"content": ""}'
    ]
    const {json, exitCode, stderr} = await mh(home, ['capture', '--batch', '--json', '-t', 'a'], {
      input: lines.join('\r\n')
    })
    expect([exitCode, stderr]).toEqual([1, ''])
    expect(json).toMatchObject({captured: 3, skipped: 0})
    expect(json.ids[1]).toBe('D1:2')
    expect(json.failed.map(({line}: {line: number}) => line)).toEqual([4, 5, 6, 8])
    expect(json.failed[1].reason).toContain('importance')
    const {json: two} = await mh(home, ['memory', 'show', 'D1:2', '--json'])
    expect(two).toMatchObject({
      content: 'two',
      timestamp: '2020-01-02T03:04:05.000Z',
      tags: ['a', 'b'],
      type: 'journal',
      metadata: {speaker: 'Bob'}
    })
    expect((await contents(home)).sort()).toEqual(['one', 'three', 'two'])
  })

  it('skips an id with the same content, and fails one with another', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    await mh(home, ['capture', '--batch'], {input: '{"id": "a1b2", "content": "same"}'})
    const {json, exitCode} = await mh(home, ['capture', '--batch', '--json'], {
      input:
        '{"id": "a1b2", "content": "same"}\n{"id": "a1b2", "content": "other"}\n{"id": "new1", "content": "x"}\n{"id": "new1", "content": "x"}'
    })
    expect(exitCode).toBe(1)
    expect(json).toMatchObject({captured: 1, ids: ['new1'], skipped: 2, failed: [{line: 2}]})
    expect((await contents(home)).sort()).toEqual(['same', 'x'])
  })

  it('with --plain takes every line as text, and prints the ids for a pipe', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const {stdout, exitCode} = await mh(home, ['capture', '--batch', '--plain'], {input: '{"a": 1}\nplain'})
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^evt-\S+\nevt-\S+\n$/)
    expect((await contents(home)).sort()).toEqual(['plain', '{"a": 1}'])
  })

  it('keeps the order of lines that have the same time, and large batches whole', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const lines = Array.from({length: 1500}, (_, index) =>
      JSON.stringify({content: `number ${index}`, timestamp: '2024-01-01T00:00:00Z'})
    )
    const {json} = await mh(home, ['capture', '--batch', '--json'], {input: lines.join('\n')})
    expect(json).toMatchObject({captured: 1500, failed: []})
    expect([...json.ids].sort()).toEqual(json.ids)
    expect((await contents(home))[0]).toBe('number 1499')
    expect((await contents(home))[499]).toBe('number 1000')
  })

  it('opens a sibling where a month is full', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const lines = Array.from({length: 4200}, (_, index) =>
      JSON.stringify({content: `number ${index}`, timestamp: '2024-01-01T00:00:00Z'})
    )
    expect((await mh(home, ['capture', '--batch', '--json'], {input: lines.join('\n')})).json.captured).toBe(4200)
    const year = join(home.root, 'profiles/ada/memory/episodic/2024')
    expect(
      readdirSync(year)
        .sort()
        .map((name) => readdirSync(join(year, name)).length)
    ).toEqual([4096, 104])
    expect((await mh(home, ['memory', 'list', '--json'])).json.total).toBe(4200)
  })
})

describe('memory list and show', () => {
  it('pages from new to old without gaps, filters, and pipes one line a memory', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const lines = Array.from({length: 25}, (_, index) =>
      JSON.stringify({
        content: `day ${index}`,
        timestamp: `2024-01-${String(index + 1).padStart(2, '0')}T10:00:00Z`,
        tags: index % 2 ? ['odd'] : [],
        type: index < 5 ? 'journal' : 'observation'
      })
    )
    await mh(home, ['capture', '--batch'], {input: lines.join('\n')})
    const seen: string[] = []
    let cursor: string[] = []
    for (let pages = 0; pages < 10; pages++) {
      const {json} = await mh(home, ['memory', 'list', '-n', '7', '--json', ...cursor])
      expect(json.total).toBe(25)
      seen.push(...json.memories.map(({content}: {content: string}) => content))
      if (json.nextCursor === null) break
      cursor = ['--cursor', json.nextCursor]
    }
    expect(seen).toEqual(Array.from({length: 25}, (_, index) => `day ${24 - index}`))
    expect((await mh(home, ['memory', 'list', '--json', '--tag', 'odd'])).json.total).toBe(12)
    expect((await mh(home, ['memory', 'list', '--json', '--type', 'journal', '--tag', 'odd'])).json.total).toBe(2)
    expect(await contents(home, ['--since', '2024-01-10', '--until', '2024-01-12'])).toEqual([
      'day 11',
      'day 10',
      'day 9'
    ])
    await mh(home, ['capture', 'with\ta tab\nand a line'])
    const {stdout} = await mh(home, ['memory', 'list', '-n', '1'])
    expect(stdout.split('\n')).toHaveLength(2)
    expect(stdout.split('\t')[3]).toBe('with\\ta tab\\nand a line\n')
    expect((await mh(home, ['memory', 'list', '-n', '501'])).exitCode).toBe(2)
    expect((await mh(home, ['memory', 'list', '--cursor', 'zzz', '--json'])).json.error.code).toBe('INVALID_CURSOR')
  })

  it('finds a memory by its id, a unique ending, or @last, and nothing by a path', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    expect((await mh(home, ['memory', 'show', '@last'])).exitCode).toBe(3)
    await mh(home, ['capture', '--batch'], {
      input: '{"id": "evt-aaaa1111", "content": "a"}\n{"id": "evt-bbbb1111", "content": "b"}'
    })
    const {json: shown} = await mh(home, ['memory', 'show', 'aaaa1111', '--json'])
    expect(shown).toMatchObject({
      id: 'evt-aaaa1111',
      content: 'a',
      version: expect.stringMatching(/^[0-9a-f]{16}$/),
      path: expect.stringContaining('evt-aaaa1111.json')
    })
    expect((await mh(home, ['memory', 'show', 'evt-bbbb1111', '--json'])).json.content).toBe('b')
    const ambiguous = await mh(home, ['memory', 'show', '1111', '--json'])
    expect(ambiguous.exitCode).toBe(2)
    expect(ambiguous.json.error.message).toContain('evt-aaaa1111')
    expect((await mh(home, ['memory', 'show', '111'])).exitCode).toBe(2)
    for (const path of ['../ada', '/etc/passwd', '..', 'a/b', '..\\x', '%2e%2e', 'nope'])
      expect([path, (await mh(home, ['memory', 'show', path])).exitCode]).toEqual([path, 3])
  })
})

describe('two people', () => {
  it("never see each other's memories, whoever asks for what", async () => {
    const home = temporaryHome()
    await people(home, 'ada', 'bob')
    const {json: hers} = await mh(home, ['capture', 'secret-of-ada about coffee', '--json'])
    const {json: his} = await mh(home, ['capture', 'secret-of-bob about coffee', '-u', 'bob', '--json'])
    expect(await found(home, 'coffee')).toEqual(['secret-of-ada about coffee'])
    expect(
      (await mh(home, ['remember', 'coffee', '--json'], {env: {MH_USER: 'bob'}})).json.results.map(
        ({id}: {id: string}) => id
      )
    ).toEqual([his.id])
    expect((await mh(home, ['memory', 'show', hers.id, '-u', 'bob'])).exitCode).toBe(3)
    expect((await mh(home, ['memory', 'show', hers.id.slice(-8), '-u', 'bob'])).exitCode).toBe(3)
    for (const args of [
      ['memory', 'list'],
      ['remember', 'secret'],
      ['memory', 'show', '@last']
    ]) {
      const {stdout, stderr} = await mh(home, [...args, '-u', 'bob'])
      expect(stdout + stderr).not.toContain('secret-of-ada')
      expect(stdout).toContain('secret-of-bob')
    }
    // The same id may be in both profiles, and stays two memories.
    for (const name of ['ada', 'bob'])
      await mh(home, ['capture', '--batch', '-u', name], {input: `{"id": "same-id", "content": "of ${name}"}`})
    expect((await mh(home, ['memory', 'show', 'same-id', '--json', '-u', 'bob'])).json.content).toBe('of bob')
  })
})

describe('what other tools do to the files', () => {
  it('shows at the next look: added, changed, moved and removed', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const {json: one} = await mh(home, ['capture', 'the boiler was serviced', '--json'])
    await mh(home, ['capture', 'the garden was dug'])
    expect(await found(home, 'boiler')).toContain('the boiler was serviced')

    writeFileSync(
      one.path,
      JSON.stringify({...JSON.parse(readFileSync(one.path, 'utf8')), content: 'the chimney was swept'})
    )
    expect(await found(home, 'chimney')).toEqual([])
    expect((await mh(home, ['memory', 'show', one.id, '--json'])).json.content).toBe('the chimney was swept')
    expect((await found(home, 'chimney'))[0]).toBe('the chimney was swept')
    expect(await found(home, 'boiler')).toEqual([])

    const elsewhere = join(home.root, 'profiles/ada/memory/episodic/kept/deep')
    mkdirSync(elsewhere, {recursive: true})
    renameSync(one.path, join(elsewhere, 'renamed.json'))
    expect((await found(home, 'chimney'))[0]).toBe('the chimney was swept')
    expect((await mh(home, ['memory', 'list', '--json'])).json.total).toBe(2)

    writeFileSync(
      join(elsewhere, 'added.json'),
      JSON.stringify({
        id: 'evt-20251106',
        timestamp: '2025-11-06T10:00:00+01:00',
        content: 'an old record',
        odd: {kept: true}
      })
    )
    expect((await mh(home, ['memory', 'show', 'evt-20251106', '--json'])).json).toMatchObject({
      timestamp: '2025-11-06T09:00:00.000Z',
      type: 'observation',
      odd: {kept: true}
    })

    unlinkSync(join(elsewhere, 'renamed.json'))
    expect(await found(home, 'chimney')).toEqual([])
    expect((await mh(home, ['memory', 'list', '--json'])).json.total).toBe(2)
    rmSync(join(home.root, 'profiles/ada/memory/episodic/kept'), {recursive: true})
    expect(await contents(home)).toEqual(['the garden was dug'])
  })

  it('a change in place never shows text that the file no longer has', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const {json: one} = await mh(home, ['capture', 'my password is swordfish', '--json'])
    expect(await found(home, 'password')).toHaveLength(1)
    const text = readFileSync(one.path, 'utf8')
    writeFileSync(one.path, text.replace('my password is swordfish', 'nothing of the kind, here'))
    expect(await found(home, 'password swordfish')).toEqual([])
    expect(await contents(home)).toEqual(['nothing of the kind, here'])
  })

  it('files that cannot be read are kept, told and skipped', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    await mh(home, ['capture', 'readable'])
    const folder = join(home.root, 'profiles/ada/memory/episodic/2024')
    mkdirSync(folder)
    writeFileSync(join(folder, 'torn.json'), '{"id": "evt-1", "timest')
    writeFileSync(join(folder, 'list.json'), '[]')
    writeFileSync(join(folder, 'latin.json'), Buffer.from([0x7b, 0xff, 0x7d]))
    writeFileSync(join(folder, 'dots.json'), '{"id": "../../x", "timestamp": "2024-01-01", "content": "x"}')
    writeFileSync(join(folder, 'deep.json'), '['.repeat(200_000))
    // JSON, but what writes it back would overflow the stack.
    const nested = `${'[{"a\\"[":'.repeat(50_000)}1${'}]'.repeat(50_000)}`
    writeFileSync(
      join(folder, 'nested.json'),
      `{"id": "n", "timestamp": "2024-01-01", "content": "nested", "x": ${nested}}`
    )
    writeFileSync(
      join(folder, 'huge.json'),
      `{"id": "h", "timestamp": "2024-01-01", "content": "${'x'.repeat(6_000_000)}"}`
    )
    writeFileSync(join(home.home, 'outside.json'), '{"id": "out", "timestamp": "2024-01-01", "content": "outside"}')
    symlinkSync(join(home.home, 'outside.json'), join(folder, 'link.json'))
    await execa('mkfifo', [join(folder, 'pipe.json')])
    const {json, stderr, exitCode} = await mh(home, ['memory', 'list', '--json'])
    expect(exitCode).toBe(0)
    expect(json.memories.map(({content}: {content: string}) => content)).toEqual(['readable'])
    const names = ['torn', 'list', 'latin', 'dots', 'deep', 'nested', 'huge', 'link', 'pipe']
    for (const name of names) expect(stderr).toContain(join(folder, `${name}.json`))
    expect(stderr.trim().split('\n')).toHaveLength(names.length)
    expect(stderr).toContain('nested.json is left as it is and was skipped: it is nested more than 500 levels deep')
    expect(readFileSync(join(folder, 'torn.json'), 'utf8')).toBe('{"id": "evt-1", "timest')
  })

  it('an id that two files have belongs to the first', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const {json: one} = await mh(home, ['capture', 'the first', '--json'])
    const copy = join(dirname(one.path), 'copy.json')
    writeFileSync(copy, readFileSync(one.path, 'utf8').replace('the first', 'the copy'))
    const {json, stderr} = await mh(home, ['memory', 'list', '--json'])
    expect(json.memories.map(({content}: {content: string}) => content)).toEqual(['the first'])
    expect(stderr).toContain(copy)
  })

  it('an index that is missing, damaged or of another kind is built anew', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    await mh(home, ['capture', 'about coffee'])
    const folder = join(home.root, 'cache/index')
    const index = join(folder, readdirSync(folder).find((name) => name.endsWith('.db')) ?? '')
    const damages: [string, () => void][] = [
      ['missing', () => rmSync(index)],
      ['the folder missing', () => rmSync(join(home.root, 'cache'), {recursive: true})],
      ['empty', () => writeFileSync(index, '')],
      ['text', () => writeFileSync(index, 'not a database'.repeat(1000))],
      [
        'its middle overwritten',
        () => {
          const bytes = readFileSync(index)
          bytes.fill(0x5a, 4096)
          writeFileSync(index, bytes)
        }
      ],
      ['cut', () => writeFileSync(index, readFileSync(index).subarray(0, statSync(index).size / 2))]
    ]
    for (const [name, damage] of damages) {
      damage()
      expect([name, await found(home, 'coffee')]).toEqual([name, ['about coffee']])
      damage()
      expect([name, (await mh(home, ['capture', `about coffee after ${name}`])).exitCode]).toEqual([name, 0])
      expect([name, await contents(home)]).toEqual([name, [`about coffee after ${name}`, 'about coffee']])
      const {json} = await mh(home, ['memory', 'show', '@last', '--json'])
      unlinkSync(json.path)
    }
  })

  it('a file whose time was set back is still read anew where its size differs', async () => {
    const home = temporaryHome()
    await people(home, 'ada')
    const {json: one} = await mh(home, ['capture', 'short', '--json'])
    await contents(home)
    const {mtime} = statSync(one.path)
    writeFileSync(one.path, readFileSync(one.path, 'utf8').replace('short', 'a much longer text'))
    utimesSync(one.path, mtime, mtime)
    expect(await contents(home)).toEqual(['a much longer text'])
    appendFileSync(one.path, ' ')
    expect(basename((await mh(home, ['memory', 'show', '@last', '--json'])).json.path)).toBe(basename(one.path))
  })
})
