import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Random} from '../../src/agents/random.ts'
import type {Home} from '../support/home.ts'
import {type Facts, of} from './facts.ts'

/** One step that is taken wholly or not at all: what the facts are before it, and what after. */
export interface Change {
  before: [string, string | undefined][]
  /** `ANY` where only the program knows. */
  after: [string, string | undefined][]
  /** Taken only after these. */
  needs?: Change[]
  /** Whether it was taken once before, so that an acknowledgement does not say that it is taken again. */
  again?: boolean
}
export const ANY = '*'

/** One command, and what it may change. */
export interface Piece {
  name: string
  args: string[]
  input?: string
  changes: Change[]
  /** Whose memories an agent may add to by thoughts of its own. */
  thinks?: string
  /** Whose audit trail has more lines when it was acknowledged; nobody's for what is written outside of the trail. */
  audits?: string
  /** Facts that were acknowledged by what was printed, be it that the command was killed after that. */
  told?: (stdout: string) => [string, string][]
  /** Makes a backup of these people when it is acknowledged. */
  backs?: string[]
}

/** Backups that were acknowledged, with what they hold of a person. */
export interface Backup {
  id: string
  person: string
  facts: Facts
}

/** What the next piece of work is chosen from. */
export interface Situation {
  home: Home
  facts: Facts
  backups: Backup[]
  /** What stands in each letter that was put into an inbox. */
  letters: Map<string, string[]>
  /** Texts that were memories at some time. */
  seen: ReadonlySet<string>
  random: Random
  /** Never the same twice. */
  number: () => number
}

/** A piece, with the person for whom it was made. */
export type Assigned = Piece & {person: string}

type Maker = (situation: Situation, person: string) => Piece | undefined

/** The administrator, who is never renamed or deleted. */
export const OWNER = 'ada'

/** Another piece of work, by chance. */
export function nextPiece(situation: Situation): Assigned {
  for (;;) {
    const piece = chosen(situation, EVERY, peopleOf(situation.facts))
    if (piece !== undefined) return piece
  }
}

/** What is done beside another piece, for somebody whom that has nothing to do with. */
export const besides = (situation: Situation, busy: readonly string[]): Assigned | undefined =>
  chosen(
    situation,
    ADDING,
    peopleOf(situation.facts).filter((name) => !busy.includes(name))
  )

function chosen(situation: Situation, makers: readonly Maker[], people: readonly string[]): Assigned | undefined {
  const maker = pick(situation.random, makers)
  const person = pick(situation.random, people)
  const piece = maker === undefined || person === undefined ? undefined : maker(situation, person)
  return piece === undefined || person === undefined ? undefined : {...piece, person}
}

export const peopleOf = (facts: Facts): string[] => of(facts, 'user|').map(([key]) => key.slice('user|'.length))

export function pick<T>(random: Random, list: readonly T[]): T | undefined {
  return list[Math.floor(random() * list.length)]
}

const as = (person: string, ...args: string[]): string[] => (person === OWNER ? args : [...args, '-u', person])

const added = (person: string, text: string): Change => ({
  before: [[`${person}|episodic|${text}`, undefined]],
  after: [[`${person}|episodic|${text}`, ANY]]
})

const ids = (stdout: string): string[] => [...stdout.matchAll(/(evt-[0-9a-f-]{36})\n/g)].map(([, id = '']) => id)

const capture: Maker = ({number}, person) => {
  const text = `note ${number()}`
  return {
    name: 'capture',
    args: as(person, 'capture', text),
    changes: [added(person, text)],
    audits: person,
    told: (stdout) => ids(stdout).map((id) => [`${person}|episodic|${text}`, id])
  }
}

const batch: Maker = ({number, random}, person) => {
  const count = random() < 0.15 ? 700 : 2 + Math.floor(random() * 30)
  const texts = Array.from({length: count}, () => `line ${number()}`)
  return {
    name: count === 700 ? 'long batch' : 'batch',
    args: as(person, 'capture', '--batch'),
    input: texts.join('\n'),
    changes: texts.map((text) => added(person, text)),
    audits: person,
    told: (stdout) => ids(stdout).map((id, at) => [`${person}|episodic|${texts[at]}`, id])
  }
}

const chat: Maker = ({number}, person) => {
  const text = `question ${number()}?`
  return {
    name: 'chat',
    args: as(person, 'chat', text, '--engine', 'recall', '--json', '--mode', 'dual'),
    changes: [added(person, text)],
    audits: person
  }
}

const taskAdd: Maker = ({number}, person) => {
  const title = `task ${number()}`
  return {
    name: 'task add',
    args: as(person, 'task', 'add', title),
    changes: [
      {
        before: [
          [`${person}|task|${title}`, undefined],
          [`${person}|task id|${title}`, undefined]
        ],
        after: [
          [`${person}|task|${title}`, 'todo active'],
          [`${person}|task id|${title}`, ANY]
        ]
      }
    ],
    audits: person
  }
}

/** Memories of a place, that people wrote. */
const texts = ({facts}: Situation, person: string, place: string): [string, string][] =>
  of(facts, `${person}|${place}|`).filter(([key]) => !key.includes('|made '))

const moved = (key: string, id: string, from: string, to: string | undefined): Change => {
  const target = to === undefined ? undefined : key.replace(`|${from}|`, `|${to}|`)
  return {
    before: [[key, id], ...(target === undefined ? [] : [[target, undefined] as [string, undefined]])],
    after: [[key, undefined], ...(target === undefined ? [] : [[target, id] as [string, string]])]
  }
}

const edit: Maker = (situation, person) => {
  const [key, id] = pick(situation.random, texts(situation, person, 'episodic')) ?? []
  if (key === undefined || id === undefined) return undefined
  const text = `edited ${situation.number()}`
  const target = `${person}|episodic|${text}`
  return {
    name: 'edit',
    args: as(person, 'memory', 'edit', id, '--content', text),
    changes: [
      {
        before: [
          [key, id],
          [target, undefined]
        ],
        after: [
          [key, undefined],
          [target, id]
        ]
      }
    ],
    audits: person
  }
}

const some = <T>(random: Random, list: readonly T[]): T[] => {
  const start = Math.floor(random() * list.length)
  return list.slice(start, start + 1 + Math.floor(random() * 4))
}

const moving =
  (name: string, command: string[], from: string, to: string | undefined): Maker =>
  (situation, person) => {
    const chosen = some(situation.random, texts(situation, person, from))
    if (chosen.length === 0) return undefined
    const [first = '', ...more] = command
    return {
      name,
      args: as(person, first, ...more, ...chosen.map(([, id]) => id), ...(to === undefined ? ['--yes'] : [])),
      changes: chosen.map(([key, id]) => moved(key, id, from, to)),
      audits: person
    }
  }

const supersede: Maker = (situation, person) => {
  const [, id] = pick(situation.random, texts(situation, person, 'episodic')) ?? []
  if (id === undefined) return undefined
  const text = `instead ${situation.number()}`
  return {
    name: 'supersede',
    args: as(person, 'memory', 'supersede', id, text),
    changes: [added(person, text)],
    audits: person
  }
}

const TASK_STEPS = {
  start: ['todo active', 'in_progress active'],
  done: ['todo active', 'done completed'],
  delete: ['todo active', 'todo deleted'],
  restore: ['todo deleted', 'todo active'],
  cancel: ['in_progress active', 'cancelled completed']
} as const

const taskStep: Maker = ({facts, random}, person) => {
  const step = pick(random, Object.keys(TASK_STEPS) as (keyof typeof TASK_STEPS)[])
  if (step === undefined) return undefined
  const [from, to] = TASK_STEPS[step]
  const [key] =
    pick(
      random,
      of(facts, `${person}|task|`).filter(([, value]) => value === from)
    ) ?? []
  if (key === undefined) return undefined
  return {
    name: `task ${step}`,
    args: as(person, 'task', step, facts.get(key.replace('|task|', '|task id|')) ?? ''),
    changes: [{before: [[key, from]], after: [[key, to]]}],
    audits: person
  }
}

const document =
  (name: string, fact: string, args: string[], values: (number: number) => string[]): Maker =>
  ({facts, random, number}, person) => {
    const key = `${person}|${fact}`
    const value = pick(
      random,
      values(number()).filter((one) => one !== facts.get(key))
    )
    if (value === undefined) return undefined
    return {
      name,
      args: as(person, ...args, value),
      changes: [{before: [[key, facts.get(key)]], after: [[key, value]]}],
      audits: person
    }
  }

const importing: Maker = ({home, number, random}, person) => {
  const texts = Array.from({length: 3 + Math.floor(random() * 60)}, () => `imported ${number()}`)
  const file = join(home.home, `import-${number()}.jsonl`)
  writeFileSync(
    file,
    texts.map((content) => `${JSON.stringify({content, timestamp: '2025-03-04T05:06:07Z'})}\n`).join('')
  )
  return {
    name: 'import',
    args: as(person, 'memory', 'import', file),
    changes: texts.map((text) => added(person, text)),
    audits: person
  }
}

/** A new letter is put into the inbox, and read with those that still wait there. */
const ingest: Maker = ({home, facts, letters, seen, number, random}, person) => {
  const name = `letter-${number()}.txt`
  const texts = Array.from({length: 2 + Math.floor(random() * 4)}, () => `paragraph ${number()}`)
  writeFileSync(join(home.root, 'profiles', person, 'memory/inbox', name), texts.join('\n\n'))
  letters.set(name, texts)
  facts.set(`${person}|inbox|${name}`, 'waiting')
  const waiting = of(facts, `${person}|inbox|`).filter(([, value]) => value === 'waiting')
  return {
    name: 'ingest',
    args: as(person, 'agents', 'run', 'ingestor'),
    changes: waiting.flatMap(([key]): Change[] => {
      const made = (letters.get(key.split('|')[2] ?? '') ?? [])
        .filter((text) => !facts.has(`${person}|episodic|${text}`))
        .map((text) => ({...added(person, text), again: seen.has(text)}))
      return [...made, {before: [[key, 'waiting']], after: [[key, 'archived']], needs: made}]
    }),
    audits: person
  }
}

const think =
  (agent: string): Maker =>
  (_, person) => ({
    name: agent,
    args: as(person, 'agents', 'run', agent),
    changes: [],
    thinks: person
  })

const backUp: Maker = ({facts, random}, person) => {
  const everybody = person === OWNER && random() < 0.5
  return {
    name: 'backup create',
    args: as(person, 'backup', 'create', '--json', ...(everybody ? ['--all-users'] : [])),
    changes: [],
    audits: person,
    backs: everybody ? peopleOf(facts) : [person]
  }
}

/** Everything of a person becomes what it was in a backup, but the account. */
const restore: Maker = ({facts, backups, random}, person) => {
  const backup = pick(
    random,
    backups.filter((one) => one.person === person)
  )
  if (backup === undefined) return undefined
  const keys = new Set([...of(facts, `${person}|`), ...backup.facts].map(([key]) => key))
  return {
    name: 'backup restore',
    args: ['backup', 'restore', backup.id, '--as', person, '--of', person, '--yes'],
    changes: [
      {
        before: [...keys].map((key) => [key, facts.get(key)]),
        after: [...keys].map((key) => [key, backup.facts.get(key)])
      }
    ],
    audits: person
  }
}

/** Somebody who was deleted comes back out of a backup. */
const revive: Maker = ({facts, backups, random}) => {
  const backup = pick(
    random,
    backups.filter(({person}) => !facts.has(`user|${person}`))
  )
  if (backup === undefined || peopleOf(facts).length > 4) return undefined
  return {
    name: 'revive',
    args: ['backup', 'restore', backup.id, '--as', backup.person, '--of', backup.person, '--yes'],
    changes: [
      {
        before: [`user|${backup.person}`, ...backup.facts.keys()].map((key) => [key, undefined]),
        after: [[`user|${backup.person}`, ANY], ...backup.facts]
      }
    ]
  }
}

const userCreate: Maker = ({facts, number}) => {
  if (peopleOf(facts).length > 3) return undefined
  const name = `p${number()}`
  const made: [string, string][] = [
    [`user|${name}`, 'member'],
    [`${name}|persona`, ANY],
    [`${name}|facet`, 'default'],
    [`${name}|mode`, 'dual']
  ]
  return {
    name: 'user create',
    args: ['user', 'create', name],
    changes: [{before: made.map(([key]) => [key, undefined]), after: made}]
  }
}

const userRename: Maker = ({facts, number, backups}, person) => {
  if (person === OWNER) return undefined
  const name = `p${number()}`
  const present: [string, string][] = [
    [`user|${person}`, facts.get(`user|${person}`) ?? ''],
    ...of(facts, `${person}|`)
  ]
  const renamed = present.map(([key, value]): [string, string] => [
    key.startsWith('user|') ? `user|${name}` : `${name}${key.slice(person.length)}`,
    value
  ])
  // A backup knows its people by the names of then.
  for (let at = backups.length - 1; at >= 0; at--) if (backups[at]?.person === person) backups.splice(at, 1)
  return {
    name: 'user rename',
    args: ['user', 'rename', person, name],
    changes: [
      {
        before: [...present, ...renamed.map(([key]): [string, undefined] => [key, undefined])],
        after: [...present.map(([key]): [string, undefined] => [key, undefined]), ...renamed]
      }
    ]
  }
}

const userDelete: Maker = ({facts}, person) => {
  if (person === OWNER) return undefined
  const present: [string, string][] = [
    [`user|${person}`, facts.get(`user|${person}`) ?? ''],
    ...of(facts, `${person}|`)
  ]
  return {
    name: 'user delete',
    args: ['user', 'delete', person, '--yes', '--json'],
    changes: [{before: present, after: present.map(([key]) => [key, undefined])}],
    backs: [person]
  }
}

const userRole: Maker = ({facts}, person) => {
  if (person === OWNER) return undefined
  const key = `user|${person}`
  const role = facts.get(key) === 'owner' ? 'member' : 'owner'
  return {
    name: 'user role',
    args: ['user', 'role', person, role],
    changes: [{before: [[key, facts.get(key)]], after: [[key, role]]}]
  }
}

const weighted = (weights: [Maker, number][]): Maker[] =>
  weights.flatMap(([maker, weight]) => Array.from({length: weight}, () => maker))

/** What may run beside something else. */
const ADDING = weighted([
  [capture, 4],
  [batch, 1],
  [taskAdd, 2],
  [chat, 1]
])

const EVERY = [
  ...ADDING,
  ...weighted([
    [edit, 4],
    [moving('delete', ['memory', 'delete'], 'episodic', 'trash'), 3],
    [moving('restore', ['memory', 'restore'], 'trash', 'episodic'), 3],
    [moving('forget', ['memory', 'forget'], 'episodic', undefined), 2],
    [supersede, 1],
    [taskStep, 4],
    [document('persona', 'persona', ['persona', 'set', 'identity.role'], (number) => [`role ${number}`]), 2],
    [document('facet', 'facet', ['facet', 'use'], () => ['poet', 'thinker', 'default']), 1],
    [document('mode', 'mode', ['mode', 'set'], () => ['dual', 'agent']), 1],
    [importing, 3],
    [ingest, 3],
    [think('organizer'), 2],
    [think('reflector'), 1],
    [backUp, 3],
    [restore, 4],
    [revive, 2],
    [userCreate, 3],
    [userRename, 2],
    [userDelete, 2],
    [userRole, 1]
  ])
]
