/**
 * `npm run bench:serve -- [--seconds 5] [--memories 10000]`: how quick the web server is, beside a bare Hono route in the same run, and
 * what 200 open chat streams of 20 people take. Figures are ratios where they can be.
 */
import {type ChildProcess, execFileSync, spawn} from 'node:child_process'
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {Readable} from 'node:stream'
import {parseArgs} from 'node:util'
import autocannon from 'autocannon'
import {startModelServer} from '../test/support/model-server.ts'
import {report} from './figure.ts'
import {memories, questions} from './memory/corpus.ts'
import {type Place, run, runScript} from './memory/measure.ts'

const {values} = parseArgs({
  options: {
    seconds: {type: 'string', default: '5'},
    memories: {type: 'string', default: '10000'},
    connections: {type: 'string', default: '10'},
    json: {type: 'boolean', default: false}
  }
})
const SECONDS = Number(values.seconds)
const COUNT = Number(values.memories)
const PEOPLE = 20
const STREAMS_EACH = 10
const MH = join(import.meta.dirname, '..', 'bin', 'run.js')

const scratch = mkdtempSync(join(tmpdir(), 'mh-bench-'))
const running: ChildProcess[] = []
try {
  const place: Place = {home: join(scratch, 'home'), root: join(scratch, 'home', 'data')}
  mkdirSync(place.home)
  await throughput(place)
  await streams(place)
} finally {
  for (const one of running) one.kill()
  rmSync(scratch, {recursive: true, force: true})
}

async function throughput(place: Place): Promise<void> {
  await run(place, ['user', 'create', 'ada'])
  const lines = Readable.from(
    (function* () {
      for (const memory of memories(COUNT)) yield `${JSON.stringify(memory)}\n`
    })()
  )
  await run(place, ['capture', '--batch'], lines)
  const bare = await start(process.execPath, [join(import.meta.dirname, 'serve', 'bare.ts')], place)
  const mh = await start(process.execPath, [MH, 'serve', '--port', '0', '--json'], place)
  const headers = {authorization: `Bearer ${tokenOf(place, 'ada')}`}
  const search = (asked: readonly string[]): Parameters<typeof autocannon>[0] => {
    const requests = asked.map((query) => ({
      method: 'GET',
      path: `/api/memories?${new URLSearchParams({query})}`,
      headers
    }))
    // Each connection begins somewhere else, so that they do not ask the same all together.
    const starts = startsFor(requests.length)
    const setupClient = (client: {setRequests(from: typeof requests): void}): void => {
      const start = starts.next().value ?? 0
      client.setRequests([...requests.slice(start), ...requests.slice(0, start)])
    }
    return {url: mh.url, requests, setupClient}
  }
  const status = {url: `${mh.url}/api/status`, headers}
  const again = search(questions(20, COUNT))
  const kinds: Record<string, Parameters<typeof autocannon>[0]> = {
    'GET /api/status': status,
    // So many that none is asked twice while it is measured.
    [`search over ${COUNT} memories, a new question`]: search(questions(COUNT / 2, COUNT, 4)),
    [`search over ${COUNT} memories, asked before`]: again
  }
  // All are warm before anything is measured.
  for (const kind of [{url: bare.url}, status, again]) await perSecond(kind, 1)
  for (const [name, kind] of Object.entries(kinds)) {
    const before = await perSecond({url: bare.url})
    const ours = await perSecond(kind)
    const after = await perSecond({url: bare.url})
    const theirs = (before + after) / 2
    report({
      what: name,
      value: ours,
      unit: 'a second',
      beside: {what: 'a bare Hono route', value: theirs},
      bar: 4
    })
  }
  const capture = await perSecond({
    url: `${mh.url}/api/capture`,
    method: 'POST',
    headers: {...headers, 'content-type': 'application/json'},
    body: JSON.stringify({content: 'Met Grace at the harbour, and walked home along the river.', tags: ['people']})
  })
  const {perSecond: disk} = runScript<{perSecond: number}>(place, '../serve/durable-writes.ts', [
    join(scratch, 'disk'),
    '1000'
  ])
  report({
    what: 'durable capture',
    value: capture,
    unit: 'a second',
    beside: {what: 'the disk alone, one after another', value: disk},
    bar: 1
  })
}

function* startsFor(length: number): Generator<number> {
  const connections = Number(values.connections)
  for (let client = 0; ; client++) yield Math.floor(((client % connections) * length) / connections)
}

/** Every stream is open at once, and in the middle of an answer. */
async function streams(place: Place): Promise<void> {
  const model = await startModelServer(['m'], {reply: 'word '.repeat(100_000), pauseMs: 50})
  const names = Array.from({length: PEOPLE}, (_, index) => `person${index}`)
  const tokens: string[] = []
  for (const name of names) {
    await run(place, ['user', 'create', name])
    await run(place, ['capture', `What ${name} did yesterday`, '-u', name])
    writeFileSync(
      join(place.root, 'profiles', name, 'etc', 'models.json'),
      JSON.stringify({
        models: {m: {provider: 'openai-compatible', model: 'm', baseURL: model.baseURL}},
        defaults: {persona: 'm'}
      })
    )
    tokens.push(tokenOf(place, name))
  }
  const mh = await start(process.execPath, [MH, 'serve', '--port', '0', '--json'], place)
  const stop = new AbortController()
  const open = tokens.flatMap((token) =>
    Array.from({length: STREAMS_EACH}, async () => {
      const response = await fetch(`${mh.url}/api/chat`, {
        method: 'POST',
        headers: {authorization: `Bearer ${token}`, 'content-type': 'application/json'},
        body: JSON.stringify({message: 'What did I do yesterday?'}),
        signal: stop.signal
      })
      const reader = response.body?.getReader()
      for (let read = ''; !read.includes('event: delta'); )
        read += Buffer.from((await reader?.read())?.value ?? []).toString()
      return reader
    })
  )
  const readers = await Promise.all(open)
  report({
    what: `${readers.length} open chat streams of ${PEOPLE} people`,
    value: residentMb(mh.process.pid ?? 0),
    unit: 'MB',
    bar: 300
  })
  stop.abort()
  await model.close()
}

interface Started {
  url: string
  process: ChildProcess
}

/** Starts a server that prints JSON with its address when it is ready. */
function start(command: string, args: string[], place: Place): Promise<Started> {
  const child = spawn(command, args, {
    env: environment(place),
    stdio: ['ignore', 'pipe', 'inherit']
  })
  running.push(child)
  return new Promise((resolve, reject) => {
    let printed = ''
    child.stdout.on('data', (chunk) => {
      printed += String(chunk)
      if (printed.endsWith('}\n')) resolve({url: JSON.parse(printed).url, process: child})
    })
    child.on('exit', () => reject(new Error(`${args.join(' ')} ended: ${printed}`)))
  })
}

function tokenOf(place: Place, name: string): string {
  const printed = execFileSync(process.execPath, [MH, 'token', 'create', '--json', '-u', name], {
    env: environment(place),
    encoding: 'utf8'
  })
  return JSON.parse(printed).token
}

function environment({home, root}: Place): NodeJS.ProcessEnv {
  return {PATH: process.env.PATH, HOME: home, MH_HOME: root}
}

/** Requests a second, on average. */
async function perSecond(options: Parameters<typeof autocannon>[0], seconds = SECONDS): Promise<number> {
  const result = await autocannon({connections: Number(values.connections), duration: seconds, ...options})
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${options.url}: ${result.non2xx} not 2xx, ${result.errors} failed`)
  return result.requests.average
}

/** The most that a process ever held. */
function residentMb(pid: number): number {
  const [, kb] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kb) / 1024
}
