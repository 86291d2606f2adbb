import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../cli/base-command.ts'
import {plural} from '../cli/plural.ts'
import {printFields} from '../cli/table.ts'
import {readStatus, type Status as StatusOf} from '../core/status.ts'

export default class Status extends MhCommand<typeof Status> {
  static override summary = 'Show who you are here, and what there is'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --check --json'
  ]
  static override flags = {check: Flags.boolean({summary: 'Ask the model whether it answers'})}

  override async execute(): Promise<StatusOf> {
    const status = await readStatus(this.flags.check)
    const {user, persona, mode, model, memories, tasks, profilePath} = status
    const reachable = model.reachable === null ? '' : model.reachable ? ', answers' : ', does not answer'
    this.say(
      printFields([
        ['Person', `${user.displayName ?? user.username} (${user.username}, ${user.role})`],
        ['Persona', `${persona.name}, facet ${persona.facet}`],
        ['Mode', mode],
        [
          'Model',
          `${model.model === null ? 'recall (built in, no language model)' : `${model.model} (${model.engine})`}${reachable}`
        ],
        ['Memories', `${memories.total}, ${memories.unprocessed} unprocessed`],
        ['Tasks', plural(tasks.open, 'open task', 'open tasks')],
        ['Profile', profilePath]
      ])
    )
    return status
  }
}
