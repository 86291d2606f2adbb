import {defineAgent} from './agent.ts'

/** Gives memories that are new tags and entities, the newest first. */
export const organizer = defineAgent({
  name: 'organizer',
  description: 'Gives new memories tags, and names the people, places, organisations and dates in them',
  scope: 'user',
  schedule: {type: 'interval', seconds: 900},
  proactive: false,
  role: 'curator',
  pending: async () => (await (await import('../core/memory/memories.ts')).memoryStore().counts()).unprocessed > 0,

  async run(context) {
    const waiting = Math.min(await context.memories.count({unprocessed: true}), context.limit)
    if (waiting === 0) return {reason: 'nothing is unprocessed'}
    if (context.dryRun) {
      context.did(waiting)
      return {reason: `would organize ${waiting}`}
    }
    const {organize} = await import('./organizer/organize.ts')
    return organize(context, waiting)
  }
})
