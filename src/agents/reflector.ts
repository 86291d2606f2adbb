import {defineAgent} from './agent.ts'
import {newnessFor} from './thoughts.ts'

/** Follows associations through a person's memories, and keeps what comes of it. */
export const reflector = defineAgent({
  name: 'reflector',
  description: 'Thinks about a few memories that belong together, and keeps a reflection and its summary',
  scope: 'user',
  schedule: {type: 'activity', idleSeconds: 900},
  proactive: true,
  role: 'persona',

  async run(context) {
    const newness = await newnessFor(context)
    if (!newness.isNew) return {reason: 'nothing new since the last reflection'}
    const [{associate, FEWEST}, {reflect}] = await Promise.all([
      import('./reflector/associate.ts'),
      import('./reflector/reflect.ts')
    ])
    const chain = await associate(context)
    if (chain.length < FEWEST) return {reason: `there are fewer than ${FEWEST} memories to think about`}
    if (context.dryRun) {
      context.did(chain.length)
      return {reason: `would reflect on ${chain.length} memories`}
    }
    const {kept, failure} = await reflect(context, chain)
    if (!kept) return {reason: 'a memory changed while it was thought about, so nothing was kept'}
    context.did(chain.length)
    await newness.thought()
    if (failure !== undefined) context.failed('the summary of the reflection', failure)
    return undefined
  }
})
