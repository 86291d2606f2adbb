import {type Agent, type AgentContext, type AgentOutcome, defineAgent} from './agent.ts'

/** What is done while a person sleeps. */
export const sleepService: Agent = defineAgent({
  name: 'sleep-service',
  description: 'Starts ingestor, organizer and dreamer at night while you are idle (etc/sleep.json)',
  scope: 'system',
  schedule: {type: 'timeOfDay', at: '02:00'},
  proactive: true,
  role: 'persona',
  run: watch
})

/** In this order: what came in is known to the organizer, and what it found out to the dreamer. */
const NIGHTLY = ['ingestor', 'organizer', 'dreamer']

async function watch(context: AgentContext): Promise<AgentOutcome | undefined> {
  const [{readSleep}, {idleFor}, {windowAt}] = await Promise.all([
    import('./services/settings.ts'),
    import('./services/idle.ts'),
    import('../core/agents/windows.ts')
  ])
  const {enabled, window, minimumIdleMinutes} = readSleep()
  if (!enabled) return {reason: 'etc/sleep.json has it off'}
  if (windowAt(context.now(), context.zone, window) === undefined && !context.force)
    return {reason: `it is not between ${window.start} and ${window.end}`}
  const idle = await idleFor(context, minimumIdleMinutes)
  if ('reason' in idle) return idle
  if (context.dryRun) return {reason: `it would start ${NIGHTLY.join(', ')}`}
  // The dreamer itself knows how many dreams a night may have.
  const runs = await context.trigger(NIGHTLY)
  context.did(runs.length)
  return undefined
}
