import * as Args from '@oclif/core/args'
import type {Undone} from '../../agents/undo.ts'
import {MhCommand} from '../../cli/base-command.ts'
import {plural} from '../../cli/plural.ts'

export default class AgentsUndo extends MhCommand<typeof AgentsUndo> {
  static override summary = 'Take back what a run of an agent did for you'
  static override description =
    'Memories that it made go to the trash, and tags and entities that it added are taken off; what you have edited since stays.'
  static override examples = [
    '<%= config.bin %> agents runs',
    '<%= config.bin %> <%= command.id %> @last',
    '<%= config.bin %> <%= command.id %> 9f3a61c2 --json'
  ]
  static override args = {
    run: Args.string({required: true, ignoreStdin: true, description: 'id, a unique ending of it, or @last'})
  }

  override async execute(): Promise<Undone> {
    const {undoRun} = await import('../../agents/undo.ts')
    const undone = await undoRun(this.args.run)
    const {run, removed, restored, kept, learnings} = undone
    this.say(
      `Took back ${run}: ${plural(removed.length, 'memory is', 'memories are')} in the trash, ${plural(restored.length, 'is', 'are')} without what was added`
    )
    if (restored.length > 0) this.note('They count as unprocessed: the organizer looks at them again when it runs.')
    if (kept.length > 0) this.note(`Edited since, and left as they are: ${kept.join(', ')}`)
    if (learnings === 'edited') this.note("The night's learnings were edited since, and stay as they are.")
    return undone
  }
}
