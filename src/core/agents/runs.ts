import type {AuditEvent} from '../audit.ts'
import {changeProfile, type ProfileChange} from '../change.ts'
import {documentPlace, fetchProfileText, listProfileNames, writeDocument} from '../documents.ts'
import {isObject, type JsonObject, objectOf, parseObject} from '../json.ts'
import {PROFILE_LAYOUT} from '../paths.ts'
import {appendProfileLine, readProfileLines} from '../profile-lines.ts'
import {requirePermission} from '../users/permissions.ts'

/** What a run of an agent did for the current person. */
export interface RunRecord {
  /** "run-" and a UUIDv7. */
  id: string
  agent: string
  /** ISO 8601, UTC. */
  startedAt: string
  durationMs: number
  /** `running` until it ends; it stays so where its process was killed. */
  status: 'ok' | 'failed' | 'skipped' | 'running'
  /** Items that were worked on. */
  processed: number
  /** Memories that were made. */
  created: number
  /** Items that failed. */
  failed: number
  reason: string | null
  /** Never words of a memory, nor of a model. */
  error: string | null
  /** When it was taken back. */
  undoneAt: string | null
}

/** Where the runs of one person's agents are kept, with what agents keep between them. All functions work for the current user context only. */
export interface RunStore {
  /**
   * Writes a run's audit entry and keeps how it went: where `kept`, as the agent's last one; where `listed`, among the runs. Durable when it
   * resolves.
   */
  add(record: RunRecord, options: {kept: boolean; listed: boolean; audit: AuditEvent}): Promise<void>
  /** Notes a run that is about to write for the first time: what a crash leaves of it can then be taken back. */
  begin(record: RunRecord): Promise<void>
  /** Newest first. */
  list(limit: number): Promise<RunRecord[]>
  get(id: string): Promise<RunRecord | undefined>
  /** Ids that end so, at most `limit`. */
  endingWith(ending: string, limit: number): Promise<string[]>
  /** How each agent's last run went, by its name; runs in which nothing was to do are among them. */
  last(): Promise<Record<string, RunRecord>>
  /** Notes that a run was taken back, with the audit entry of that. */
  markUndone(id: string, at: string, audit: AuditEvent): Promise<void>
  /** What the agent keeps; empty where it never kept anything. */
  readState(agent: string): Promise<JsonObject>
  writeState(agent: string, state: JsonObject): Promise<void>
}

export const runStore = (): RunStore => profileRuns

/** What agents did for the current person, the latest run first, at most `limit`. */
export function listRuns(limit: number): Promise<RunRecord[]> {
  requirePermission('read')
  return runStore().list(limit)
}

/** logs/agents/YYYY-MM.ndjson, a line a run, and a line {"undone", "at"} for one that was taken back; logs/agents/state.json. */
const profileRuns: RunStore = {
  add: (record, {kept, listed, audit}) =>
    changeProfile(async (change) => {
      if (listed) append(change, record.startedAt, record)
      if (kept) {
        const document = await readState()
        writeDocument(change, 'agentState', {...document, last: {...objectOf(document.last), [record.agent]: record}})
      }
      change.audit(audit)
    }),

  begin: (record) => changeProfile((change) => append(change, record.startedAt, record)),

  async list(limit) {
    const undone = new Map<string, string>()
    // A run that ended stands there twice; the later line tells how.
    const found = new Map<string, RunRecord>()
    for (const month of await months()) {
      for (const line of (await readProfileLines(`${PROFILE_LAYOUT.agentRuns}/${month}`)).reverse()) {
        if (isUndoing(line)) undone.set(line.undone, line.at)
        else if (isRecord(line) && !found.has(line.id))
          found.set(line.id, {...line, undoneAt: undone.get(line.id) ?? null})
      }
      if (found.size > limit) break
    }
    return [...found.values()].slice(0, limit)
  },

  get: async (id) => (await profileRuns.list(Number.POSITIVE_INFINITY)).find((run) => run.id === id),

  endingWith: async (ending, limit) =>
    (await profileRuns.list(Number.POSITIVE_INFINITY))
      .map(({id}) => id)
      .filter((id) => id.endsWith(ending))
      .slice(0, limit),

  markUndone: (id, at, audit) =>
    changeProfile((change) => {
      append(change, at, {undone: id, at})
      change.audit(audit)
    }),

  async last() {
    const {last} = await readState()
    return Object.fromEntries(
      Object.entries(objectOf(last)).filter((entry): entry is [string, RunRecord] => isRecord(entry[1]))
    )
  },

  async readState(agent) {
    const {state} = await readState()
    return objectOf(objectOf(state)[agent])
  },

  writeState: (agent, state) =>
    changeProfile(async (change) => {
      const document = await readState()
      writeDocument(change, 'agentState', {...document, state: {...objectOf(document.state), [agent]: state}})
    })
}

async function readState(): Promise<JsonObject> {
  const text = await fetchProfileText(PROFILE_LAYOUT.agentState)
  return text === undefined ? {} : parseObject(text, documentPlace(PROFILE_LAYOUT.agentState))
}

const append = (change: ProfileChange, at: string, line: object): void =>
  appendProfileLine(change, PROFILE_LAYOUT.agentRuns, `${at.slice(0, 7)}.ndjson`, line)

/** The latest first. */
const months = async (): Promise<string[]> =>
  (await listProfileNames(PROFILE_LAYOUT.agentRuns))
    .filter((name) => /^\d{4}-\d\d\.ndjson$/.test(name))
    .sort()
    .reverse()

const isRecord = (value: unknown): value is RunRecord =>
  isObject(value) &&
  typeof value.id === 'string' &&
  typeof value.agent === 'string' &&
  typeof value.startedAt === 'string' &&
  typeof value.status === 'string'

const isUndoing = (value: unknown): value is {undone: string; at: string} =>
  isObject(value) && typeof value.undone === 'string' && typeof value.at === 'string'
