import {changeProfile} from '../change.ts'
import {readDocument, writeDocument} from '../documents.ts'
import {type JsonObject, objectOf} from '../json.ts'
import {requirePermission} from '../users/permissions.ts'

/** When an agent runs by itself; times are in the person's zone. */
export type AgentSchedule =
  | {type: 'interval'; seconds: number}
  /** "03:00". */
  | {type: 'timeOfDay'; at: string}
  /** Once after the person did nothing for so long. */
  | {type: 'activity'; idleSeconds: number}

/** What etc/agents.json says of one agent. */
export interface AgentSettings {
  /** Undefined where the person said nothing. */
  enabled: boolean | undefined
  /** Undefined where there is none, or none that can be understood. */
  schedule: AgentSchedule | undefined
  /** All of the agent's keys, as they are written. */
  all: JsonObject
}

export interface AgentsDocument {
  paused: boolean
  /** Local times ("22:00"); undefined where they are not enabled. */
  quietHours: {start: string; end: string} | undefined
  of(agent: string): AgentSettings
}

/**
 * The current person's settings of agents; read leniently, since people edit them by hand.
 * @throws MhError UNREADABLE_FILE with path and line where etc/agents.json is damaged
 */
export function readAgents(): AgentsDocument {
  const document = readDocument('agents') ?? {}
  const global = objectOf(document.globalSettings)
  const {enabled, start, end} = objectOf(global.quietHours)
  return {
    paused: global.paused === true,
    quietHours: enabled === true && isTime(start) && isTime(end) ? {start, end} : undefined,
    of(agent) {
      const all = objectOf(own(objectOf(document.agents), agent))
      return {
        enabled: typeof all.enabled === 'boolean' ? all.enabled : undefined,
        schedule: readSchedule(all.schedule),
        all
      }
    }
  }
}

/** Switches an agent on or off for the current person. */
export async function setAgentEnabled(agent: string, enabled: boolean): Promise<void> {
  requirePermission('agent.settings')
  await changeProfile((change) => {
    const document = readDocument('agents') ?? {}
    const agents = objectOf(document.agents)
    const settings = {...objectOf(own(agents, agent)), enabled}
    writeDocument(change, 'agents', {...document, agents: {...agents, [agent]: settings}})
    change.audit(
      enabled
        ? {category: 'action', event: 'agent_enabled', details: {agent}}
        : {category: 'action', event: 'agent_disabled', details: {agent}}
    )
  })
}

/** Pauses whatever runs by itself for the current person, or lets it go on. */
export async function setAgentsPaused(paused: boolean): Promise<void> {
  requirePermission('agent.settings')
  await changeProfile((change) => {
    const document = readDocument('agents') ?? {}
    const globalSettings = {...objectOf(document.globalSettings), paused}
    writeDocument(change, 'agents', {...document, globalSettings})
    change.audit(paused ? {category: 'action', event: 'agents_paused'} : {category: 'action', event: 'agents_resumed'})
  })
}

/** A schedule as people write it; undefined where it is none that is known. */
export function readSchedule(value: unknown): AgentSchedule | undefined {
  const {type, seconds, at, idleSeconds} = objectOf(value)
  if (type === 'interval' && isDuration(seconds)) return {type, seconds}
  if (type === 'timeOfDay' && isTime(at)) return {type, at}
  if (type === 'activity' && isDuration(idleSeconds)) return {type, idleSeconds}
  return undefined
}

const isDuration = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value > 0
/** "03:00". */
export const isTime = (value: unknown): value is string =>
  typeof value === 'string' && /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(value)
const own = (object: JsonObject, key: string): unknown => (Object.hasOwn(object, key) ? object[key] : undefined)
