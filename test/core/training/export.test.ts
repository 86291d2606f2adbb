import {mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {beforeEach, describe, expect, it} from 'vitest'
import {type UserContext, withUserContext} from '../../../src/core/context.ts'
import {capture, type NewMemory} from '../../../src/core/memory/memories.ts'
import {supersedeMemory} from '../../../src/core/memory/supersede.ts'
import {paths} from '../../../src/core/paths.ts'
import {exportTraining, type TrainingExportOptions} from '../../../src/core/training/export.ts'
import {verifiedTrail} from '../../support/audit.ts'
import {type Home, inTemporaryHome} from '../../support/home.ts'
import {makePeople, setDocument} from '../../support/profile.ts'

let home: Home
let ada: UserContext
let bob: UserContext

beforeEach(async () => {
  home = inTemporaryHome()
  ;({ada, bob} = await makePeople('ada', 'bob'))
})

const keep = (...memories: NewMemory[]): Promise<void> =>
  withUserContext(ada, async () => {
    for (const [index, memory] of memories.entries())
      await capture({timestamp: `2026-05-03T10:${String(index).padStart(2, '0')}:00.000Z`, ...memory})
  })
const turn = (content: string, response: string, metadata: object = {}): NewMemory => ({
  content,
  response,
  type: 'conversation',
  metadata: {sessionId: 'session-1', engine: 'ollama', ...metadata}
})
const exported = (options: TrainingExportOptions = {}, user = ada) =>
  withUserContext(user, () => exportTraining(options))

interface Line {
  messages: {role: string; content: string}[]
  mode: string
}

// biome-ignore lint/suspicious/noExplicitAny: each format has its own shape
function lines(path: string): any[] {
  const texts = ['train.jsonl', 'validation.jsonl'].map((name) => readFileSync(join(path, name), 'utf8'))
  return texts
    .join('')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}
const answers = (all: Line[]): string[] => all.map(({messages}) => messages.at(-1)?.content ?? '').sort()

describe('a training export', () => {
  it('has the persona first, and a conversation with its turns in their order', async () => {
    await keep(turn('Where is the key?', 'Under the mat.'), turn('And the letter?', 'In the drawer.'))
    const {path, train, validation} = await exported()
    expect([train, validation]).toEqual([1, 0])
    const [{messages, mode}] = lines(path)
    expect(mode).toBe('dual')
    expect(messages[0].role).toBe('system')
    expect(messages[0].content).toMatch(/persona of ada/)
    expect(messages.slice(1)).toEqual([
      {role: 'user', content: 'Where is the key?'},
      {role: 'assistant', content: 'Under the mat.'},
      {role: 'user', content: 'And the letter?'},
      {role: 'assistant', content: 'In the drawer.'}
    ])
  })

  it('asks for a memory by its moment in the zone of the person', async () => {
    setDocument(ada, 'profile', {timezone: 'Asia/Tokyo'})
    await keep({content: 'Met Grace', tags: ['people']}, {content: 'A quiet day', type: 'journal'})
    const {path} = await exported()
    const asked = (lines(path) as Line[]).map(({messages}) => messages.slice(1).map(({content}) => content)).sort()
    expect(asked).toEqual([
      ['What do you remember about people from 3 May 2026 at 19:00?', 'Met Grace'],
      ['Write your journal for 3 May 2026 at 19:01.', 'A quiet day']
    ])
  })

  it.each([
    [
      'alpaca' as const,
      {
        instruction: 'And the letter?',
        input: '',
        output: 'In the drawer.',
        system: expect.stringContaining('ada'),
        history: [['Where is the key?', 'Under the mat.']],
        mode: 'dual'
      }
    ],
    [
      'sharegpt' as const,
      {
        conversations: [
          {from: 'system', value: expect.stringContaining('ada')},
          {from: 'human', value: 'Where is the key?'},
          {from: 'gpt', value: 'Under the mat.'},
          {from: 'human', value: 'And the letter?'},
          {from: 'gpt', value: 'In the drawer.'}
        ],
        mode: 'dual'
      }
    ]
  ])('is told in %s', async (format, expected) => {
    await keep(turn('Where is the key?', 'Under the mat.'), turn('And the letter?', 'In the drawer.'))
    const report = await exported({format})
    expect(report.format).toBe(format)
    expect(lines(report.path)).toEqual([expected])
  })

  it('keeps to the mode that is asked for; a memory without one counts as dual', async () => {
    await keep(
      {content: 'of dual'},
      {content: 'of agent', metadata: {cognitiveMode: 'agent'}},
      {content: 'of emulation', metadata: {cognitiveMode: 'environment'}}
    )
    writeFileSync(
      withUserContext(ada, () => join(paths.episodic, 'old.json')),
      JSON.stringify({id: 'evt-20251106', timestamp: '2025-11-06T10:00:00Z', content: 'of old'})
    )
    const contents = async (options: TrainingExportOptions) => answers(lines((await exported(options)).path))
    expect(await contents({mode: 'dual'})).toEqual(['of dual', 'of old'])
    expect(await contents({mode: 'agent'})).toEqual(['of agent'])
    expect(await contents({mode: 'emulation'})).toEqual(['of emulation'])
    expect(await contents({})).toEqual(['of agent', 'of dual', 'of emulation', 'of old'])
    const {path} = await exported({mode: 'agent'})
    expect(lines(path)[0].messages[0].content).toContain('Mode: agent')
  })

  it('leaves out what nobody should learn from, and counts it', async () => {
    setDocument(ada, 'profile', {timezone: 'UTC', privateTags: ['health']})
    await keep(
      {content: 'Met Grace'},
      {content: 'met  GRACE'},
      {content: 'a secret', private: true},
      {content: 'a diagnosis', tags: ['Health']},
      turn('What is on?', 'A secret is on.', {memoriesUsed: ['evt-gone']}),
      turn('Who?', '[1] "Met Grace"', {engine: 'recall', sessionId: 'session-2'}),
      turn('Explain tides', 'The moon pulls.', {engine: 'chatgpt', sessionId: 'session-3'}),
      turn('Tell me all', 'Well, first', {incomplete: true, sessionId: 'session-4'}),
      {content: 'I am Grace', metadata: {speaker: 'Grace'}}
    )
    const wrong = await withUserContext(ada, () => capture({content: 'The boiler costs 120'}))
    await withUserContext(ada, () => supersedeMemory(wrong.id, {content: 'The boiler costs 140'}))
    const {path, leftOut} = await exported()
    expect(answers(lines(path))).toEqual(['Met Grace', 'The boiler costs 140'])
    expect(leftOut).toEqual({
      private: 3,
      superseded: 1,
      recall: 1,
      others: 2,
      incomplete: 1,
      empty: 0,
      duplicates: 1,
      tooLong: 0
    })
  })

  it('divides a conversation that is longer than a trainer takes, and leaves out a turn that is', async () => {
    setDocument(ada, 'training', {maxSequenceLength: 900, validationShare: 0})
    const long = 'word '.repeat(200).trim()
    await keep(
      turn('one', long),
      turn('two', long.toUpperCase()),
      turn('three', 'x'.repeat(5000)),
      turn('four', 'short')
    )
    const {path, leftOut, train} = await exported()
    expect(leftOut.tooLong).toBe(1)
    expect(train).toBe(2)
    expect((lines(path) as Line[]).map(({messages}) => messages.length)).toEqual([3, 5])
  })

  it('takes out what is asked for, also in the persona, before it looks for doubles', async () => {
    setDocument(ada, 'personaCore', {identity: {name: 'ada', purpose: 'Answer ada@example.org'}})
    await keep(
      {content: 'Write to grace@example.org'},
      {content: 'Write to hopper@example.org'},
      {content: 'Call +49 30 1234567', tags: ['ada@example.org']}
    )
    const report = await exported({redact: ['email', 'phone']})
    expect(report).toMatchObject({
      redacted: 4,
      redactions: {email: 3, phone: 1, key: 0},
      leftOut: {duplicates: 1}
    })
    const text = readdirSync(report.path)
      .map((name) => readFileSync(join(report.path, name), 'utf8'))
      .join('')
    expect(text).not.toMatch(/@example|1234567/)
  })

  it('gives the same bytes for the same seed, and other ones for another', async () => {
    await keep(...Array.from({length: 30}, (_, index) => ({content: `number ${index}`})))
    const files = async (seed: number): Promise<string[]> => {
      const {path} = await exported({seed})
      return ['train.jsonl', 'validation.jsonl'].map((name) => readFileSync(join(path, name), 'utf8'))
    }
    const first = await files(5)
    expect(first[1]?.trimEnd().split('\n')).toHaveLength(3)
    expect(await files(5)).toEqual(first)
    expect(await files(6)).not.toEqual(first)
  })

  it('is for the person alone: its files, its content and its entry in the trail', async () => {
    await keep({content: 'only of ada'}, {content: 'a secret', private: true})
    const {path} = await exported()
    expect(statSync(path).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(path)) expect(statSync(join(path, name)).mode & 0o777).toBe(0o600)
    expect(lines((await exported({}, bob)).path)).toEqual([])
    const trail = verifiedTrail(join(home.root, 'profiles/ada/logs/audit'))
    expect(trail.at(-1)).toMatchObject({event: 'training_exported', details: {train: 1, private: 1}})
    expect(JSON.stringify(trail)).not.toMatch(/only of ada|a secret/)
  })

  it('writes where it is told, and never over something', async () => {
    await keep({content: 'Met Grace'})
    const target = join(home.home, 'data')
    mkdirSync(target)
    expect((await exported({output: target})).path).toBe(target)
    await expect(exported({output: target})).rejects.toMatchObject({code: 'OUTPUT_EXISTS', exitCode: 5})
    await expect(exported({output: join(home.home, 'no/such')})).rejects.toMatchObject({exitCode: 2})
    const inBobs = join(home.root, 'profiles/bob/out/datasets/x')
    await expect(exported({output: inBobs})).rejects.toMatchObject({code: 'PATH_NOT_ALLOWED', exitCode: 4})
    expect(readdirSync(home.home)).toEqual(['data'])
  })

  it('names what is wrong in etc/training.json, and leaves it as it is', async () => {
    setDocument(ada, 'training', '{"validationShare": "half"}')
    await expect(exported()).rejects.toMatchObject({
      code: 'UNREADABLE_FILE',
      message: expect.stringContaining('validationShare')
    })
  })
})
