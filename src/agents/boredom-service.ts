import {type Agent, type AgentContext, type AgentOutcome, defineAgent} from './agent.ts'

/** Whoever did nothing for a while is given something to think about. */
export const boredomService: Agent = defineAgent({
  name: 'boredom-service',
  description: 'Starts the reflector when you have been idle for a while (etc/boredom.json)',
  scope: 'system',
  schedule: {type: 'activity', idleSeconds: 15 * 60},
  proactive: true,
  role: 'persona',
  run: watch
})

async function watch(context: AgentContext): Promise<AgentOutcome | undefined> {
  const [{readBoredom}, {idleFor}] = await Promise.all([import('./services/settings.ts'), import('./services/idle.ts')])
  const {enabled, idleMinutes} = readBoredom()
  if (!enabled) return {reason: 'etc/boredom.json has it off'}
  const idle = await idleFor(context, idleMinutes)
  if ('reason' in idle) return idle
  // Once for each time that somebody is idle, however often it is asked.
  const {since} = await context.state.read()
  if (since === idle.since && !context.force) return {reason: 'nothing has happened since it was bored last'}
  if (context.dryRun) return {reason: 'it would start reflector'}
  const runs = await context.trigger(['reflector'])
  await context.state.write({since: idle.since})
  context.did(runs.length)
  return undefined
}
