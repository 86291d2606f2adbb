import {runStore} from '../core/agents/runs.ts'
import {type AgentSchedule, readAgents} from '../core/agents/settings.ts'
import {requirePermission} from '../core/users/permissions.ts'
import {allAgents} from './registry.ts'
import {isEnabled} from './why-not.ts'

/** An agent as the current person has it. */
export interface ListedAgent {
  name: string
  description: string
  scope: 'user' | 'system'
  enabled: boolean
  schedule: AgentSchedule
  /** When it ran last, ISO 8601 in UTC; null where it never did. */
  lastRun: string | null
}

/** All agents, with the current person's settings. @throws MhError UNREADABLE_FILE */
export async function listAgents(): Promise<ListedAgent[]> {
  requirePermission('read')
  const settings = readAgents()
  const last = await runStore().last()
  return (await allAgents()).map((agent) => ({
    name: agent.name,
    description: agent.description,
    scope: agent.scope,
    enabled: agent.blocked === undefined && isEnabled(agent),
    schedule: settings.of(agent.name).schedule ?? agent.schedule,
    lastRun: last[agent.name]?.startedAt ?? null
  }))
}
