import {rmSync} from 'node:fs'
import {join} from 'node:path'
import {backend} from '../backend.ts'
import {ensureSystemFolder, namesIn, readIfThere, writeDurably} from '../files.ts'
import {isObject, parseObject} from '../json.ts'
import {systemPaths} from '../system-paths.ts'

/** What the scheduler knows of one agent and one person. Times are milliseconds since 1970. */
export interface ScheduledState {
  /** When it saw them first: what should have run before that is not made up for. */
  firstSeen: number
  lastRun?: number
  result?: 'ok' | 'failed' | 'skipped'
  /** Why there was nothing to do, or what failed. */
  note?: string
  /** Of the last run. */
  items?: number
  cpuMs?: number
  peakBytes?: number
}

/** What is new of one agent. */
export type NewState = {[Key in keyof ScheduledState]?: ScheduledState[Key] | null}

/** By the name of the agent. */
export type PersonSchedule = Record<string, ScheduledState>

/** The process that schedules agents on this data root. */
export interface SchedulerProcess {
  pid: number
  /** ISO 8601, UTC. */
  startedAt: string
  /** Name of the machine; missing where there is one only. */
  host?: string
}

/** Where the scheduler keeps what it has to know when it starts again. Derived: without it only the times of last runs are lost. */
export interface ScheduleStore {
  read(userId: string): Promise<PersonSchedule>
  /** Notes what is new of one agent; what is null goes, and the rest stays. */
  note(userId: string, agent: string, state: NewState): Promise<void>
  /** Removes what is kept of people who are not among these. */
  keepOnly(userIds: ReadonlySet<string>): Promise<void>
  readProcess(): Promise<SchedulerProcess | undefined>
  writeProcess(process: SchedulerProcess): Promise<void>
}

export const scheduleStore = (): ScheduleStore => backend()?.schedules ?? fileSchedules

const folder = (): string => join(systemPaths.run, 'scheduler')
const PROCESS = 'process.json'

/** A file a person. */
const fileSchedules: ScheduleStore = {
  async read(userId) {
    const value = readLeniently(`${userId}.json`)
    return Object.fromEntries(
      Object.entries(value).filter(
        (entry): entry is [string, ScheduledState & Record<string, unknown>] =>
          isObject(entry[1]) && typeof entry[1].firstSeen === 'number'
      )
    )
  },
  note: async (userId, agent, state) => update(userId, agent, state, await fileSchedules.read(userId)),
  async keepOnly(userIds) {
    for (const name of namesIn(folder()))
      if (name.endsWith('.json') && name !== PROCESS && !userIds.has(name.slice(0, -'.json'.length)))
        rmSync(join(folder(), name), {force: true})
  },
  async readProcess() {
    const {pid, startedAt} = readLeniently(PROCESS)
    return typeof pid === 'number' && typeof startedAt === 'string' ? {pid, startedAt} : undefined
  },
  writeProcess: async (process) => write(PROCESS, process)
}

function update(userId: string, agent: string, state: NewState, before: PersonSchedule): void {
  const changed = Object.entries({...before[agent], ...state}).filter(([, value]) => value !== null)
  write(`${userId}.json`, {...before, [agent]: Object.fromEntries(changed)})
}

/** Nothing is lost with a damaged one: it is made anew. */
function readLeniently(name: string): Record<string, unknown> {
  const path = join(folder(), name)
  const text = readIfThere(path)
  if (text === undefined) return {}
  try {
    return parseObject(text, path)
  } catch {
    return {}
  }
}

function write(name: string, value: object): void {
  ensureSystemFolder(folder())
  ensureSystemFolder(systemPaths.temporary)
  writeDurably(join(folder(), name), `${JSON.stringify(value)}\n`, systemPaths.temporary)
}
