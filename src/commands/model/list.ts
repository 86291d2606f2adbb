import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {printRecords} from '../../cli/table.ts'
import {type ListedModel, listModels} from '../../core/models/list.ts'

export default class ModelList extends MhCommand<typeof ModelList> {
  static override summary = 'List your models'
  static override description = 'Servers on this machine are asked whether they answer; others only with --check.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --check --json'
  ]
  static override flags = {check: Flags.boolean({summary: 'Ask servers that are elsewhere, too'})}

  override async execute(): Promise<{defaults: Record<string, string | null>; models: ListedModel[]}> {
    const list = await listModels(this.flags.check)
    this.say(
      await printRecords(list.models, [
        {title: 'model', value: ({id}) => id, piped: true},
        {title: 'provider', value: ({provider}) => provider, piped: true},
        {title: 'name', value: ({model}) => model, piped: true, flexible: true},
        {title: 'roles', value: ({roles}) => roles.join(', '), piped: true},
        {title: 'answers', value: ({reachable}) => (reachable === null ? '' : reachable ? 'yes' : 'no'), piped: true}
      ])
    )
    if (list.models.length === 0)
      this.note(
        `No model is set, so recall answers. ${this.config.bin} model discover looks for servers on this machine`
      )
    return list
  }
}
