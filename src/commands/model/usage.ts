import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {printRecords} from '../../cli/table.ts'
import {readFilter} from '../../core/memory/read-filter.ts'
import {readUsage, type UsageOfDay} from '../../core/models/usage.ts'
import {readUsageOfAll} from '../../core/models/usage-of-all.ts'

export default class ModelUsage extends MhCommand<typeof ModelUsage> {
  static override summary = 'Show how many tokens your models have used'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --since "last monday" --json'
  ]
  static override flags = {
    since: Flags.string({summary: 'Not before this time', helpValue: '<time in words or ISO>'}),
    'all-users': Flags.boolean({summary: 'Of everybody (administrators)'})
  }

  override async execute(): Promise<(UsageOfDay & {username?: string})[]> {
    const {since} = await readFilter({since: this.flags.since})
    const usage: (UsageOfDay & {username?: string})[] = this.flags['all-users']
      ? await readUsageOfAll(since)
      : await readUsage(since)
    this.say(
      await printRecords(usage, [
        {title: 'day', value: ({day}) => day, piped: true},
        ...(this.flags['all-users']
          ? [{title: 'person', value: ({username = ''}: {username?: string}) => username, piped: true}]
          : []),
        {title: 'model', value: ({model}) => model, piped: true, flexible: true},
        {title: 'agent', value: ({agent}) => agent, piped: true},
        {title: 'calls', value: ({calls}) => String(calls), piped: true},
        {title: 'in', value: ({tokensIn}) => String(tokensIn), piped: true},
        {title: 'out', value: ({tokensOut}) => String(tokensOut), piped: true},
        {title: 'seconds', value: ({ms}) => (ms / 1000).toFixed(1), piped: true}
      ])
    )
    return usage
  }
}
