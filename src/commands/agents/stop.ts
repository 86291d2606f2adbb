import {MhCommand} from '../../cli/base-command.ts'

export default class AgentsStop extends MhCommand<typeof AgentsStop> {
  static override summary = 'Stop the scheduler (administrators)'
  static override description = 'Agents that are at work finish the item at hand; what they have done stays done.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  override async execute(): Promise<{stopped: boolean}> {
    const {stopScheduler} = await import('../../agents/scheduler/service.ts')
    const stopped = await stopScheduler()
    this.say(stopped ? 'The scheduler has ended.' : 'The scheduler is not running.')
    return {stopped}
  }
}
