import {randomInt} from 'node:crypto'
import fc from 'fast-check'
import {beforeAll, describe, expect, it} from 'vitest'
import {MODES} from '../../src/core/persona/mode.ts'
import {createApp} from '../../src/http/app.ts'
import {type Home, inTemporaryHome} from '../support/home.ts'
import {mh} from '../support/mh.ts'
import {describeWithPostgres, inTemporaryStore, type TestDatabase, testDatabase} from '../support/postgres.ts'
import {startWeb} from '../support/web.ts'
import {ACTS, looking} from './acts.ts'
import {type Kept, keptInDatabase, keptInFiles} from './kept.ts'
import {makeMarked, type Person, type Wanted} from './person.ts'

/** `npm run test:isolation` lives through a hundred lives over each of the two; every run of the tests through one, which is the same each time. */
const RUNS = Number(process.env.MH_RUNS ?? 1)
const SEED = Number(process.env.MH_SEED ?? (process.env.MH_RUNS === undefined ? 1 : randomInt(1_000_000)))

/** Everything that can be looked at without naming anything. */
const PLACES = createApp({
  // biome-ignore lint/suspicious/noExplicitAny: only its routes are looked at
  desk: {} as any,
  names: {host: '127.0.0.1', remote: false, publicUrl: undefined}
})
  .routes.filter(({method, path}) => method === 'GET' && !/[:*]/.test(path) && !path.includes('sign'))
  .map(({path}) => path)

const acts = {...ACTS, ...Object.fromEntries(PLACES.map((path) => [`look at ${path}`, looking(path)]))}

const wanted = fc.record<Wanted>({
  role: fc.constantFrom('owner', 'member', 'member', 'guest'),
  mode: fc.constantFrom('dual', 'dual', ...MODES)
})

const deed = fc.record({
  who: fc.nat(2),
  other: fc.nat(2),
  act: fc.oneof(
    {weight: 4, arbitrary: fc.constantFrom(...Object.keys(ACTS))},
    {weight: 1, arbitrary: fc.constantFrom(...Object.keys(acts))}
  )
})

/** People, and what they do, several at the same moment. */
const life = fc.record({
  people: fc.tuple(fc.constant<Wanted>({role: 'owner', mode: 'dual'}), wanted, wanted),
  moments: fc.array(fc.array(deed, {minLength: 2, maxLength: 6}), {minLength: 6, maxLength: 9, size: 'max'})
})
type Life = typeof life extends fc.Arbitrary<infer T> ? T : never

let lives = 0

describe(`whatever people do, each one's word is in nothing that is another's (MH_SEED=${SEED})`, () => {
  it('over files', {timeout: RUNS * 120_000}, async () => {
    await fc.assert(
      fc.asyncProperty(life, (one) => live(one, inTemporaryHome(), keptInFiles)),
      {numRuns: RUNS, seed: SEED, endOnFailure: true}
    )
  })

  describeWithPostgres('with a database', () => {
    let database: TestDatabase
    beforeAll(async () => {
      database = await testDatabase()
    })

    it('over PostgreSQL', {timeout: RUNS * 120_000}, async () => {
      await fc.assert(
        fc.asyncProperty(life, async (one) =>
          live(one, await inTemporaryStore(database), async (home, people) => [
            ...(await keptInFiles(home, people)),
            ...(await keptInDatabase(database, people))
          ])
        ),
        {numRuns: RUNS, seed: SEED, endOnFailure: true}
      )
    })
  })
})

async function live(
  {people: roles, moments}: Life,
  home: Home,
  keptBy: (home: Home, people: readonly Person[]) => Promise<Kept[]>
): Promise<void> {
  const web = await startWeb()
  const people = await makeMarked(home, web, roles, String(lives++))
  const one = (at: number): Person => people[at % people.length] as Person
  let number = 0
  for (const moment of moments)
    await Promise.all(
      moment.map(async ({who, other, act}) => {
        const answer = (await acts[act]?.(one(who), one(other), number++, home)) ?? ''
        expectOnly(
          people,
          one(who).user.username,
          `${one(who).user.username} (${act} of ${one(other).user.username})`,
          answer
        )
        expect([act, /UNEXPECTED|mistake in mh|\n\s+at .*:\d+:\d+/.test(answer) ? answer : '']).toEqual([act, ''])
      })
    )
  for (const args of [
    ['agents', 'run', '--all-users', '--concurrency', '3', '--json'],
    ['backup', 'create', '--all-users', '--json']
  ]) {
    const {stdout, stderr} = await mh(home, args)
    expectOnly(people, undefined, args.join(' '), stdout + stderr)
  }
  for (const person of people) {
    // What the search is for is there: each one's own word, in what is theirs.
    expect(await person.command('remember', 'harbour', '--json')).toContain(person.marker)
    const sent = person.model.requests.map(({path, headers, body}) => JSON.stringify([path, headers, body]))
    expectOnly(people, person.user.username, `asked of the model of ${person.user.username}`, sent.join('\n'))
  }
  const kept = await keptBy(home, people)
  for (const {marker, user} of people)
    expect(kept.some(({whose, text}) => whose === user.username && text.includes(marker))).toBe(true)
  for (const {where, whose, text} of kept) expectOnly(people, whose, where, text)
  expect(web.reported).toEqual([])
  await web.close()
}

/** @param whose whose word may be in it; nobody's where it is undefined */
function expectOnly(people: readonly Person[], whose: string | undefined, where: string, text: string): void {
  for (const {marker, user} of people) {
    if (user.username === whose || !text.includes(marker)) continue
    const at = text.indexOf(marker)
    throw new Error(
      `${where} holds a word of ${user.username}: ${JSON.stringify(text.slice(Math.max(0, at - 200), at + 80))}`
    )
  }
}
