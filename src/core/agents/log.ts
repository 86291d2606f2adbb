import {closeSync, existsSync, fstatSync, openSync, renameSync, writeSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {ensureSystemFolder, namesIn, readIfThere} from '../files.ts'
import {isObject} from '../json.ts'
import {type LinesEnd, linesFrom} from '../lines-from.ts'
import {systemPaths} from '../system-paths.ts'

/** What the scheduler tells of an agent. Never the text of a memory. */
export interface AgentLogEntry {
  /** ISO 8601, UTC. */
  timestamp: string
  /** "scheduler" for what concerns all. */
  agent: string
  /** Whom it is about; null for what concerns everybody. */
  userId: string | null
  username: string | null
  level: 'info' | 'warn' | 'error'
  message: string
}

/** Where the logs of agents are kept, one for each agent. */
export interface AgentLog {
  /** Adds an entry. What is older than the log may be long goes. */
  add(entry: AgentLogEntry): Promise<void>
  /** The entries of an agent, or of all, the oldest first. */
  read(agent?: string): Promise<AgentLogEntry[]>
  /** The latest entries, and then those that are added, as they come. Ends when `signal` says so. */
  follow(agent: string | undefined, latest: number, signal: AbortSignal): AsyncGenerator<AgentLogEntry>
}

export const agentLog = (): AgentLog => fileLog

/** In bytes; then a log becomes the first of its former ones. */
const LONGEST = 1024 * 1024
const FORMER_NUMBERS = [1, 2, 3, 4]
/** In milliseconds. */
const BETWEEN_LOOKS = 200

const folder = (): string => join(systemPaths.run, 'agents')

/** logs/run/agents/{agent}.ndjson, and {agent}.1.ndjson and so on for what is older. */
const fileLog: AgentLog = {
  async add(entry) {
    ensureSystemFolder(folder())
    const path = pathOf(entry.agent)
    const file = openSync(path, 'a', 0o600)
    let size: number
    try {
      writeSync(file, `${JSON.stringify(entry)}\n`)
      size = fstatSync(file).size
    } finally {
      closeSync(file)
    }
    if (size > LONGEST) rotate(entry.agent)
  },

  async read(agent) {
    const names = agent === undefined ? agentsWithLogs() : [agent]
    return inOrder(
      names.flatMap((name) =>
        [...FORMER_NUMBERS.toReversed(), 0].flatMap((number) => entriesIn(readIfThere(pathOf(name, number)) ?? ''))
      )
    )
  },

  async *follow(agent, latest, signal) {
    const ends = new Map<string, LinesEnd>()
    for (const name of agent === undefined ? agentsWithLogs() : [agent]) {
      const present = linesFrom(pathOf(name), 0)
      if (present !== undefined) ends.set(name, present)
    }
    // What was added since the ends were noted is not told twice: it is what comes next.
    const counted = [...ends].flatMap(([name, {ino, end}]) => entriesUntil(name, ino, end))
    yield* latest === 0 ? [] : inOrder(counted).slice(-latest)
    while (!signal.aborted) {
      const more: AgentLogEntry[] = []
      for (const name of agent === undefined ? agentsWithLogs() : [agent]) {
        const {text, end} = added(name, ends.get(name))
        if (end !== undefined) ends.set(name, end)
        more.push(...entriesIn(text))
      }
      yield* inOrder(more)
      // An abort ends the pause and then the loop.
      await sleep(BETWEEN_LOOKS, undefined, {signal}).catch(() => undefined)
    }
  }
}

/** An agent's name is a file's name here; what could lead elsewhere is none. */
function pathOf(agent: string, number = 0): string {
  if (!/^[a-z][a-z0-9-]*$/.test(agent)) throw new Error(`${JSON.stringify(agent)} is no agent's name`)
  return join(folder(), number === 0 ? `${agent}.ndjson` : `${agent}.${number}.ndjson`)
}

const agentsWithLogs = (): string[] =>
  namesIn(folder())
    .filter((name) => /^[a-z][a-z0-9-]*\.ndjson$/.test(name))
    .map((name) => name.slice(0, -'.ndjson'.length))

function rotate(agent: string): void {
  for (const number of FORMER_NUMBERS.toReversed()) {
    const path = pathOf(agent, number - 1)
    // The oldest one is replaced.
    if (existsSync(path)) renameSync(path, pathOf(agent, number))
  }
}

/** Stable: entries of one log keep their order. */
const inOrder = (entries: AgentLogEntry[]): AgentLogEntry[] =>
  entries.sort((a, b) => Date.parse(a.timestamp) - Date.parse(b.timestamp))

/** Lines that a crash tore are passed over. */
const entriesIn = (text: string): AgentLogEntry[] =>
  text.split('\n').flatMap((line): AgentLogEntry[] => {
    try {
      const value: unknown = JSON.parse(line)
      return isObject(value) && typeof value.agent === 'string' ? [value as unknown as AgentLogEntry] : []
    } catch {
      return []
    }
  })

/** What was added to a log since the last look. What was written before it was rotated away is read there. */
function added(agent: string, seen: LinesEnd | undefined): {text: string; end: LinesEnd | undefined} {
  const present = linesFrom(pathOf(agent), 0)
  if (present === undefined) return {text: '', end: seen}
  if (seen === undefined) return {text: present.text, end: present}
  if (seen.ino === present.ino) {
    const more = linesFrom(pathOf(agent), seen.end) ?? present
    return {text: more.text, end: more}
  }
  const rest = linesFrom(pathOf(agent, 1), seen.end)
  return {text: `${rest?.ino === seen.ino ? rest.text : ''}${present.text}`, end: present}
}

/** The entries of a log as it was when it ended there. */
function entriesUntil(agent: string, ino: number, end: number): AgentLogEntry[] {
  const numbers = [0, ...FORMER_NUMBERS]
  const files = numbers.map((number) => linesFrom(pathOf(agent, number), 0))
  const at = files.findIndex((file) => file?.ino === ino)
  if (at === -1) return []
  const older = files.slice(at + 1).reverse()
  const last = Buffer.from(files[at]?.text ?? '')
    .subarray(0, end)
    .toString('utf8')
  return [...older.map((file) => file?.text ?? ''), last].flatMap(entriesIn)
}
