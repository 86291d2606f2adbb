/**
 * `npm run bench:agents -- [--memories 10000] [--many 100000]`: what agents cost. Whole processes of the built program. Fails where a figure
 * is missed; docs/agents.md says what is measured.
 */
import {existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {createServer, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {Readable} from 'node:stream'
import {setTimeout as sleep} from 'node:timers/promises'
import {parseArgs} from 'node:util'
import {report} from './figure.ts'
import {memories} from './memory/corpus.ts'
import {median, type Place, run} from './memory/measure.ts'

const {values} = parseArgs({
  options: {
    memories: {type: 'string', default: '10000'},
    many: {type: 'string', default: '100000'},
    json: {type: 'boolean', default: false}
  }
})
const COUNT = Number(values.memories)
const MANY = Number(values.many)
const FEW = 100
/** Whole processes of each kind, in turns. */
const RUNS = 9
const LEAST_PER_SECOND = 500
const MOST_RATIO = 1.5
/** What is not collected yet grows for a while; what is kept does not. */
const MOST_MEMORY = 1.5
const PEOPLE = 8
const MEMORIES_EACH = 10
const CALL_MS = 200
const LEAST_SPEEDUP = 3

if (!existsSync(join(import.meta.dirname, '../dist/entry.js')))
  throw new Error('there is no dist/: run "npm run build" first')
const scratch = mkdtempSync(join(tmpdir(), 'mh-bench-'))
try {
  await organizing()
  await nothingToDo()
  await severalAtOnce()
} finally {
  rmSync(scratch, {recursive: true, force: true})
}

/** The organizer with recall, over what nobody has looked at: a few first, to compare what it needs of memory. */
async function organizing(): Promise<void> {
  const place = await placeWith('organize', COUNT, false)
  const few = Math.ceil(COUNT / 4)
  const first = await run(place, ['agents', 'run', 'organizer', '--limit', String(few)])
  await run(place, ['agents', 'undo', '@last'])
  const {ms, peakMb} = await run(place, ['agents', 'run', 'organizer'])
  const perSecond = (COUNT / ms) * 1000
  report({what: 'organizer with recall, memories', value: perSecond, unit: 'a second', bar: LEAST_PER_SECOND, peakMb})
  report({
    what: `its memory for ${COUNT.toLocaleString('en')}`,
    value: peakMb,
    unit: 'MB',
    beside: {what: `for ${few.toLocaleString('en')}`, value: first.peakMb},
    bar: MOST_MEMORY
  })
}

/** A run that finds nothing, whatever there is. */
async function nothingToDo(): Promise<void> {
  const few = await placeWith('few', FEW, true)
  const many = await placeWith('many', MANY, true)
  const times: Record<'few' | 'many', number[]> = {few: [], many: []}
  for (let i = -1; i < RUNS; i++) {
    const small = await run(few, ['agents', 'run', 'organizer'])
    const large = await run(many, ['agents', 'run', 'organizer'])
    if (i < 0) continue // before that caches are cold
    times.few.push(small.ms)
    times.many.push(large.ms)
  }
  report({
    what: `mh agents run organizer, nothing to do among ${MANY.toLocaleString('en')}`,
    value: median(times.many),
    unit: 'ms',
    beside: {what: `among ${FEW}`, value: median(times.few)},
    bar: MOST_RATIO
  })
}

/** People at once, with a model that takes its time. */
async function severalAtOnce(): Promise<void> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => void answer(response))
  })
  async function answer(response: ServerResponse): Promise<void> {
    await sleep(CALL_MS)
    const content = JSON.stringify({tags: ['boat'], entities: ['Grace']})
    response.writeHead(200, {'content-type': 'application/json'}).end(
      JSON.stringify({
        id: '1',
        object: 'chat.completion',
        created: 0,
        model: 'm',
        choices: [{index: 0, message: {role: 'assistant', content}, finish_reason: 'stop'}],
        usage: {prompt_tokens: 1, completion_tokens: 1, total_tokens: 2}
      })
    )
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  const took: number[] = []
  for (const concurrency of [1, 4]) {
    const place = placeOf(`people-${concurrency}`)
    for (let i = 0; i < PEOPLE; i++) {
      const name = `person-${i}`
      await run(place, ['user', 'create', name])
      await run(place, ['capture', '--batch', '-u', name], linesOf(MEMORIES_EACH, false))
      const models = {defaults: {curator: 'm'}, models: {m: {provider: 'openai-compatible', model: 'm', baseURL}}}
      writeFileSync(join(place.root, 'profiles', name, 'etc/models.json'), JSON.stringify(models))
    }
    const args = ['agents', 'run', 'organizer', '--all-users', '--concurrency', String(concurrency)]
    took.push((await run(place, args)).ms)
  }
  server.close()
  const [one = 0, four = 1] = took
  report({
    what: `${PEOPLE} people, ${MEMORIES_EACH} memories each, ${CALL_MS} ms a call, four at once`,
    value: four / 1000,
    unit: 's',
    beside: {what: 'one by one', value: one / 1000},
    bar: 1 / LEAST_SPEEDUP
  })
}

async function placeWith(name: string, count: number, processed: boolean): Promise<Place> {
  const place = placeOf(name)
  await run(place, ['user', 'create', 'ada'])
  await run(place, ['capture', '--batch'], linesOf(count, processed))
  return place
}

function placeOf(name: string): Place {
  const home = join(scratch, name)
  mkdirSync(home)
  return {home, root: join(home, 'data')}
}

function linesOf(count: number, processed: boolean): Readable {
  return Readable.from(
    (function* () {
      for (const memory of memories(count)) yield `${JSON.stringify({...memory, metadata: {processed}})}\n`
    })()
  )
}
