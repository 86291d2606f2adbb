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
  await lookUps(ada)
  await requests(ada)
} finally {
  rmSync(root, {recursive: true, force: true})
}

async function lookUps(ada: UserContext): Promise<void> {
  const storage = new AsyncLocalStorage<UserContext>()
  const bare = storage.run(ada, () => each(() => storage.getStore()))
  const ours = withUserContext(ada, () => each(getUserContext))
  report({
    what: 'getUserContext()',
    value: ours,
    unit: 'ns',
    beside: {what: 'a bare AsyncLocalStorage', value: bare},
    bar: 1.5
  })
  const joined = each(() => join(root, 'profiles/ada', 'memory/episodic'))
  const beside = {what: 'join() of the same', value: joined / 1000}
  const looking = withUserContext(ada, () => each(() => paths.episodic, TIMES / 20))
  report({what: 'paths.episodic in a command, which looks each time', value: looking / 1000, unit: 'µs', beside})
  const end = glanceAtFiles()
  const glancing = withUserContext(ada, () => each(() => paths.episodic, TIMES / 20))
  end()
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

/** Nanoseconds a call, the median of a few rounds. */
function each(call: () => unknown, times = TIMES): number {
  const rounds: number[] = []
  let last: unknown
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    for (let at = 0; at < times; at++) last = call()
    rounds.push(((performance.now() - start) * 1e6) / times)
  }
  // What nobody looks at, the compiler may leave out.
  if (last === undefined) throw new Error('there was nothing')
  return median(rounds)
}
