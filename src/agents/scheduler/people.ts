import {lastActivity} from '../../core/agents/activity.ts'
import {type PersonSchedule, scheduleStore} from '../../core/agents/schedule-store.ts'
import {readAgents} from '../../core/agents/settings.ts'
import {enterContext} from '../../core/backend.ts'
import {readSettings} from '../../core/settings.ts'
import {contextOf} from '../../core/users/identify.ts'
import type {User} from '../../core/users/user.ts'
import type {Agent} from '../agent.ts'
import {isEnabled, whyNot} from '../why-not.ts'
import {nextRun, scheduleOf} from './plan.ts'

/** One agent of one person, and when it runs next. */
export interface PlannedAgent {
  agent: Agent
  /** Milliseconds since 1970; null where only the person's doing something brings it about, or nothing does. */
  next: number | null
  /** Whether the person has it enabled, and it has a schedule. */
  enabled: boolean
}

/**
 * When each agent runs next for a person, by their settings as they are now.
 * @throws MhError where the person's settings are damaged, or they are gone
 */
export function planFor(
  user: User,
  agents: readonly Agent[],
  known: PersonSchedule,
  now: number
): Promise<PlannedAgent[]> {
  return enterContext(contextOf(user), async () => {
    const {timezone: zone} = readSettings()
    const {paused, quietHours} = readAgents()
    let activity: Promise<number | undefined> | undefined
    const planned: PlannedAgent[] = []
    for (const agent of agents) {
      const schedule = agent.blocked === undefined && isEnabled(agent) ? scheduleOf(agent) : undefined
      if (schedule === undefined || paused) {
        planned.push({agent, next: null, enabled: schedule !== undefined})
        continue
      }
      // Asked for once, and only where a schedule hangs on it.
      if (schedule.type === 'activity' || schedule.type === 'night') activity ??= lastActivity(now)
      const state = known[agent.name] ?? {firstSeen: now}
      const moment = {now, zone, activity: await activity, quietHours}
      planned.push({agent, next: nextRun(schedule, state, moment), enabled: true})
    }
    return planned
  })
}

/** Why an agent that is due does nothing for a person now; undefined where it is to be run. */
export function whyIdle(user: User, agent: Agent): Promise<{result: 'ok' | 'skipped'; note: string} | undefined> {
  return enterContext(contextOf(user), async () => {
    const against = whyNot(agent, {force: false, pauses: true})
    if (against !== undefined) return {result: 'skipped', note: against}
    if (agent.pending === undefined || (await agent.pending())) return undefined
    return {result: 'ok', note: 'there was nothing to do'}
  })
}

/** What is kept of a person, with what is new to it. */
export async function knownOf(user: User, agents: readonly Agent[], now: number): Promise<PersonSchedule> {
  const known = await scheduleStore().read(user.id)
  for (const {name} of agents) known[name] ??= {firstSeen: now}
  return known
}
