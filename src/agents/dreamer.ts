import {defineAgent} from './agent.ts'
import {newnessFor} from './thoughts.ts'

/** Weaves what happened in the last week into a dream, and learns from it. */
export const dreamer = defineAgent({
  name: 'dreamer',
  description: 'Weaves memories of the last week into a dream, and writes down what it learned of you',
  scope: 'user',
  schedule: {type: 'timeOfDay', at: '03:00'},
  proactive: true,
  role: 'persona',

  async run(context) {
    const {dreamsLeft, FEWEST, sampleOfWeek} = await import('./dreamer/sample.ts')
    const {left, most} = await dreamsLeft(context)
    if (left <= 0) return {reason: `there were ${most} dreams tonight, which is the most there may be`}
    const newness = await newnessFor(context)
    if (!newness.isNew) return {reason: 'nothing new since the last dream'}
    const sample = await sampleOfWeek(context)
    if (sample.length < FEWEST) return {reason: `fewer than ${FEWEST} memories are of the last 7 days`}
    if (context.dryRun) {
      context.did(sample.length)
      return {reason: `would dream of ${sample.length} memories`}
    }
    const {dream} = await import('./dreamer/dream.ts')
    if (!(await dream(context, sample))) return {reason: 'a memory changed while it was dreamt of, so nothing was kept'}
    context.did(sample.length)
    await newness.thought()
    return undefined
  }
})
