import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../cli/base-command.ts'
import {statusScreen} from '../cli/status-screen.ts'
import {readStatus, readStatusOfAll, type Status as StatusOf} from '../core/status.ts'

export default class Status extends MhCommand<typeof Status> {
  static override summary = 'Show who you are here, what there is and what is due'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --check --json',
    '<%= config.bin %> <%= command.id %> --all-users'
  ]
  static override flags = {
    check: Flags.boolean({summary: 'Ask the model whether it answers'}),
    'all-users': Flags.boolean({summary: 'Of everybody on this machine; for administrators'})
  }

  override async execute(): Promise<StatusOf | StatusOf[]> {
    if (this.flags['all-users']) return this.everybody()
    const status = await readStatus(this.flags.check)
    this.say(statusScreen(status))
    return status
  }

  private async everybody(): Promise<StatusOf[]> {
    const all = await readStatusOfAll(this.flags.check)
    const {printPeople} = await import('../cli/people-table.ts')
    this.say(await printPeople(all))
    return all
  }
}
