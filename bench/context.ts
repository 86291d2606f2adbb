/**
 * `npm run bench:context`: what it costs to be somebody. A look-up of the context beside a bare AsyncLocalStorage, a path of the profile
 * beside the join that it ends in, and what one request adds: a context is entered, and twenty paths resolve in it across an await.
 */
import {AsyncLocalStorage} from 'node:async_hooks'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {ANONYMOUS, getUserContext, type UserContext, withUserContext} from '../src/core/context.ts'
import {glanceAtFiles} from '../src/core/glance.ts'
import {paths} from '../src/core/paths.ts'
import {requireUserByName} from '../src/core/users/accounts.ts'
import {createUser} from '../src/core/users/create.ts'
import {contextOf} from '../src/core/users/identify.ts'
import {report} from './figure.ts'
import {median} from './memory/measure.ts'

const {values} = parseArgs({
  options: {times: {type: 'string', default: '200000'}, json: {type: 'boolean', default: false}}
})
const TIMES = Number(values.times)
const ROUNDS = 9
const PATHS = 20
/** What the system that this one follows says a request takes for it. */
const MOST_MICROSECONDS = 100

const root = mkdtempSync(join(tmpdir(), 'mh-context-'))
process.env.MH_HOME = root
try {
  await withUserContext(ANONYMOUS, () => createUser({username: 'ada'}))
  const ada = contextOf(requireUserByName('ada'))
  lookUps(ada)
  await requests(ada)
} finally {
  rmSync(root, {recursive: true, force: true})
}

function lookUps(ada: UserContext): void {
  const storage = new AsyncLocalStorage<UserContext>()
  const [bare = 0, ours = 0] = inTurns(
    () => storage.run(ada, () => each(() => storage.getStore(), TIMES)),
    () => withUserContext(ada, () => each(getUserContext, TIMES))
  )
  report({
    what: 'getUserContext()',
    value: ours,
    unit: 'ns',
    beside: {what: 'a bare AsyncLocalStorage', value: bare}
  })
  const times = TIMES / 20
  const [joined = 0, looking = 0, glancing = 0] = inTurns(
    () => each(() => join(root, 'profiles/ada', 'memory/episodic'), times),
    () => withUserContext(ada, () => each(() => paths.episodic, times)),
    () => {
      const end = glanceAtFiles()
      const time = withUserContext(ada, () => each(() => paths.episodic, times))
      end()
      return time
    }
  )
  const beside = {what: 'join() of the same', value: joined / 1000}
  report({what: 'paths.episodic in a command, which looks each time', value: looking / 1000, unit: 'µs', beside})
  report({what: 'paths.episodic in a server', value: glancing / 1000, unit: 'µs', beside})
}

async function requests(ada: UserContext): Promise<void> {
  const end = glanceAtFiles()
  const request = (): Promise<string> =>
    withUserContext(ada, async () => {
      let path = ''
      for (let at = 0; at < PATHS; at++) {
        if (at === PATHS / 2) await undefined
        path = paths.episodic
      }
      return path
    })
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    for (let at = 0; at < TIMES / 100; at++) await request()
    times.push(((performance.now() - start) * 1000) / (TIMES / 100))
  }
  end()
  report({
    what: `a request: a context, and ${PATHS} paths in it`,
    value: median(times),
    unit: 'µs',
    bar: MOST_MICROSECONDS
  })
}

/** Measures one after another, again and again, so that a slow moment of the machine is shared by all. @returns the median of each */
function inTurns(...all: (() => number)[]): number[] {
  const rounds = Array.from({length: ROUNDS}, () => all.map((measure) => measure()))
  return all.map((_, at) => median(rounds.map((round) => round[at] ?? Number.NaN)))
}

/** Nanoseconds a call. */
function each(call: () => unknown, times: number): number {
  let last: unknown
  const start = performance.now()
  for (let at = 0; at < times; at++) last = call()
  const took = performance.now() - start
  // What nobody looks at, the compiler may leave out.
  if (last === undefined) throw new Error('there was nothing')
  return (took * 1e6) / times
}
