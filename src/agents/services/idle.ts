import {lastActivity} from '../../core/agents/activity.ts'
import type {AgentContext} from '../agent.ts'

/** Since when the person has been idle, where that is long enough (or they insist); else the reason why it is not. */
export async function idleFor(context: AgentContext, minutes: number): Promise<{since: number} | {reason: string}> {
  const now = context.now()
  const since = await lastActivity(now)
  if (since === undefined) return {reason: 'there is nothing yet to go on'}
  const idle = Math.floor((now - since) / 60_000)
  if (now - since >= minutes * 60_000 || context.force) return {since}
  return {reason: `${context.person.username} did something ${idle} minutes ago, ${minutes} are waited for`}
}
