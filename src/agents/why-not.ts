import {readAgents} from '../core/agents/settings.ts'
import {requireUserContext} from '../core/context.ts'
import {readMode} from '../core/persona/mode.ts'
import {permits} from '../core/users/permissions.ts'
import type {Agent} from './agent.ts'

/**
 * Why an agent does not work for the current person now; undefined where it may. Read afresh: mode and role may change while it works.
 * @param pauses whether the person's pause holds: it does for all that they did not ask for themselves
 * @throws MhError UNREADABLE_FILE where the mode or etc/agents.json is damaged
 */
export function whyNot(agent: Agent, {force, pauses}: {force: boolean; pauses: boolean}): string | undefined {
  if (agent.blocked !== undefined) return agent.blocked
  const {username} = requireUserContext('Agents')
  const mode = readMode().currentMode
  const organizes = permits('agent.organize', mode)
  if (organizes.by === 'role') return `${username} is a guest`
  if (!organizes.allowed) return `${username} is in ${mode} mode`
  if (agent.proactive && !permits('agent.proactive', mode).allowed && !force)
    return `${username} is in ${mode} mode, in which ${agent.name} works only with --force`
  const settings = readAgents()
  if (!isEnabled(agent)) return `${username} has disabled ${agent.name}`
  return pauses && settings.paused ? `${username} has paused their agents` : undefined
}

/** Whether the current person has an agent enabled. All are, until they say otherwise. */
export const isEnabled = ({name}: Pick<Agent, 'name'>): boolean => readAgents().of(name).enabled ?? true
