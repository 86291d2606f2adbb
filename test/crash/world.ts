import {appendFileSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {gunzipSync} from 'node:zlib'
import {expect} from 'vitest'
import {seeded} from '../../src/agents/random.ts'
import {verifiedTrail} from '../support/audit.ts'
import type {Home} from '../support/home.ts'
import {mh, people} from '../support/mh.ts'
import {agree, agreeOnMemories, agreeOnTasks} from './agree.ts'
import {type Facts, of, readFacts, trailLengths} from './facts.ts'
import {type Ended, filling, type Harm, type Harming, isPlain, killing, run} from './harm.ts'
import {ANY, type Assigned, type Backup, besides, type Change, nextPiece, OWNER, peopleOf} from './work.ts'

/** Findings of `mh doctor` that say nothing of what was lost: what a killed process leaves, which it sweeps; what a small disk is. */
const EXPECTED = new Map([
  [killing, ['TEMPORARY_FILES', 'UNFINISHED_PROFILE']],
  [filling, ['DISK_FULL', 'NETWORK_FILE_SYSTEM']]
])
/** Every so many commands the program itself says whether all is well. */
const CHECK_UP = 5
/** A kill may tear the last line. Whoever writes the next one mends it. */
const TORN = {torn: true}

/**
 * Works in a data root of its own until so many commands were killed in the midst of it, or failed, and looks after each whether
 * everything is there that was acknowledged, and nothing is there twice, half or damaged.
 * @param told is given a line for every command
 * @throws what the first look found wrong, with the last commands
 */
export async function liveThrough(
  home: Home,
  {seed, times, harming}: {seed: string; times: number; harming: Harming},
  told: (line: string) => void
): Promise<void> {
  const random = seeded(seed)
  let numbers = 0
  const backups: Backup[] = []
  const history: string[] = []
  const letters = new Map<string, string[]>()
  const seen = new Set<string>()
  await people(home, OWNER, 'bob')
  // Every backup is looked at in the end.
  await mh(home, ['config', 'set', 'backupKeep', '10000'])
  let facts = readFacts(home)
  let harmed = 0
  for (let round = 0; harmed < times; round++) {
    for (const key of facts.keys()) seen.add(key.split('|')[2] ?? '')
    const situation = {home, facts, backups, letters, seen, random, number: () => ++numbers}
    const piece = nextPiece(situation)
    const harm: Harm = round < 3 ? {kind: 'none'} : harming(random, piece)
    const other = harming === killing && random() < 0.3 ? besides(situation, [piece.person, OWNER]) : undefined
    const beside = other === undefined ? [] : [other]
    const lengths = trailLengths(home)
    const [ended, ...others] = await Promise.all([
      run(home, piece, harm),
      ...beside.map((one) => run(home, one, {kind: 'none'}))
    ])
    if (ended === undefined) return
    if (ended.killed || ended.exitCode !== 0) harmed++
    const line = `${round}: mh ${piece.args.join(' ')} ${JSON.stringify(harm)} -> ${ended.killed ? 'killed' : ended.exitCode}${beside.map(({args}) => ` beside mh ${args.join(' ')}`).join('')}`
    history.push(line)
    told(line)
    try {
      const work: [Worked, ...Worked[]] = [
        {piece, ended},
        ...beside.map((one, at) => ({piece: one, ended: others[at] as Ended}))
      ]
      for (const {
        piece: {name},
        ended: one
      } of work) {
        if (harm.kind === 'none' || one !== ended)
          expect([name, one.exitCode, one.stderr]).toEqual([name, 0, one.stderr])
        if (!one.killed)
          expect([name, one.exitCode, isPlain(one) ? '' : one.stdout + one.stderr]).toEqual([name, one.exitCode, ''])
      }
      facts = await looked(home, facts, lengths, work, backups)
      if (round % CHECK_UP === 0) await checkUp(home, facts, EXPECTED.get(harming))
    } catch (error) {
      throw new Error(
        `${(error as Error).message}\nseed ${seed}, after:\n${history.slice(-12).join('\n')}\n${ended.stdout}${ended.stderr}`,
        {cause: error}
      )
    }
  }
  await lastLook(home, facts, backups, EXPECTED.get(harming))
}

interface Worked {
  piece: Assigned
  ended: Ended
}

/** The facts as they are now. @throws where they are no possible outcome of the work */
async function looked(
  home: Home,
  before: Facts,
  lengths: Map<string, number>,
  work: readonly [Worked, ...Worked[]],
  backups: Backup[]
): Promise<Facts> {
  // Whatever was interrupted is ended by the next command, whichever it is.
  const [{piece: first}] = work
  const name = first.person
  const remains = !first.changes.some((change) => change.before.some(([key]) => key.startsWith('user|')))
  const next = await mh(
    home,
    remains ? ['memory', 'list', '-n', '500', '--json', '-u', name] : ['user', 'list', '--json']
  )
  expect([next.exitCode, next.stderr]).toEqual([0, ''])
  const facts = readFacts(home)
  compare(before, facts, work)
  if (remains) agreeOnMemories(facts, name, next.json)
  for (const one of new Set(work.map(({piece}) => piece.person)))
    if (facts.has(`user|${one}`) && !(one === name && remains)) await agree(home, facts, one)
  if (/task|restore/.test(first.name)) await agreeOnTasks(home, facts, name)
  for (const folder of ['', ...peopleOf(facts).map((name) => `profiles/${name}`)])
    verifiedTrail(join(home.root, folder, 'logs/audit'), TORN)

  const now = trailLengths(home)
  for (const [name, length] of lengths)
    if (now.has(name) && !work.some(({piece}) => piece.name === 'user delete' || piece.name === 'revive'))
      expect([name, (now.get(name) ?? 0) >= length]).toEqual([name, true])
  for (const {piece, ended} of work) {
    if (ended.exitCode !== 0) continue
    const {audits: name} = piece
    if (name !== undefined)
      expect([name, 'audited', (now.get(name) ?? 0) > (lengths.get(name) ?? 0)]).toEqual([name, 'audited', true])
    const {backs} = piece
    if (backs === undefined) continue
    const {backup, id = backup, path = backup} = JSON.parse(ended.stdout)
    gunzipSync(readFileSync(path))
    for (const person of backs) backups.push({id, person, facts: new Map(of(before, `${person}|`))})
  }
  return facts
}

/** Each change was made or not, those that were acknowledged were made, and nothing else changed. */
function compare(before: Facts, now: Facts, work: readonly Worked[]): void {
  const changed = new Set<string>()
  for (const {piece, ended} of work) {
    for (const change of piece.changes) {
      for (const [key] of [...change.before, ...change.after]) changed.add(key)
      const state = stateOf(change, now)
      const {again = false, needs = []} = change
      if (state === 'half' || (ended.exitCode === 0 && state !== 'made' && !again))
        throw new Error(`${piece.name} (${ended.exitCode}) is ${state}: ${differing(change, now)}`)
      const missing = state === 'made' ? needs.filter((one) => !one.again && stateOf(one, now) !== 'made') : []
      if (missing.length > 0)
        throw new Error(`${piece.name} went on before it had: ${missing.map((one) => differing(one, now)).join()}`)
    }
    for (const [key, value] of piece.told?.(ended.stdout) ?? [])
      if (now.get(key) !== value) throw new Error(`acknowledged, but lost: ${key} ${value}, there is ${now.get(key)}`)
  }
  const thinking = work.flatMap(({piece: {thinks}}) => (thinks === undefined ? [] : [`${thinks}|episodic|made `]))
  for (const key of new Set([...before.keys(), ...now.keys()])) {
    if (changed.has(key) || now.get(key) === before.get(key)) continue
    if (!before.has(key) && thinking.some((prefix) => key.startsWith(prefix))) continue
    throw new Error(`nobody asked for it: ${key} was ${before.get(key)}, and is ${now.get(key)}`)
  }
}

function stateOf({before, after}: Change, now: Facts): 'made' | 'not made' | 'half' {
  const holds = ([key, value]: [string, string | undefined]): boolean =>
    value === ANY ? now.has(key) : now.get(key) === value
  if (after.every(holds)) return 'made'
  return before.every(holds) ? 'not made' : 'half'
}

const differing = ({before, after}: Change, now: Facts): string =>
  JSON.stringify(
    after
      .filter(([key, value]) => now.get(key) !== value && !(value === ANY && now.has(key)))
      .slice(0, 5)
      .map(([key, value]) => ({key, before: before.find(([one]) => one === key)?.[1], wanted: value, is: now.get(key)}))
  )

async function checkUp(home: Home, facts: Facts, expected: readonly string[] = []): Promise<void> {
  for (const name of peopleOf(facts)) await agree(home, facts, name)
  const [verified, diagnosed] = await Promise.all([
    mh(home, ['audit', 'verify', '--all-users', '--json']),
    mh(home, ['doctor', '--json'])
  ])
  expect([verified.json.ok, verified.json.broken]).toEqual([true, []])
  expect(diagnosed.json.findings.filter(({code}: {code: string}) => !expected.includes(code))).toEqual([])
}

/** Everything once more, from the beginning: indexes that look at every file, backups that are read back. */
async function lastLook(
  home: Home,
  facts: Facts,
  backups: readonly Backup[],
  expected: readonly string[] | undefined
): Promise<void> {
  await mh(home, ['doctor', '--fix'])
  await checkUp(
    home,
    facts,
    expected?.filter((code) => !code.startsWith('UNFINISHED') && !code.startsWith('TEMP'))
  )
  for (const name of peopleOf(facts))
    expect((await mh(home, ['memory', 'reindex', '--json', '-u', name])).json).toMatchObject({
      added: 0,
      updated: 0,
      removed: 0,
      unreadable: []
    })
  for (const id of new Set(backups.map(({id}) => id)))
    expect((await mh(home, ['backup', 'verify', id, '--json'])).json).toMatchObject({ok: true, broken: []})
  expect((await mh(home, ['audit', 'verify', '--all-users', '--json'])).json).toMatchObject({ok: true})
  await tear(home)
  expect([...readFacts(home)].sort()).toEqual([...facts].sort())
}

/** Half a line, as a power cut leaves it, is no tampering: it is told, and the next entry puts it aside. */
async function tear(home: Home): Promise<void> {
  const trail = join(home.root, 'profiles', OWNER, 'logs/audit')
  const {file} = JSON.parse(readFileSync(join(trail, 'head.json'), 'utf8'))
  appendFileSync(join(trail, file), '{"timestamp":"20')
  const verify = async () => (await mh(home, ['audit', 'verify', '--json'])).json
  const {torn, ...others} = await verify()
  expect(others).toMatchObject({ok: true, broken: []})
  expect((await mh(home, ['config', 'set', 'language', 'en'])).exitCode).toBe(0)
  verifiedTrail(trail)
  expect(await verify()).toMatchObject({ok: true, broken: [], torn})
  expect(torn).toBeGreaterThan(0)
}
