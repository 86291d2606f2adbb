import {MhCommand} from '../../cli/base-command.ts'

export default class AgentsResume extends MhCommand<typeof AgentsResume> {
  static override summary = 'Let your agents run by themselves again'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  override async execute(): Promise<{paused: boolean}> {
    const {setAgentsPaused} = await import('../../core/agents/settings.ts')
    await setAgentsPaused(false)
    this.say('Your agents run by themselves again')
    return {paused: false}
  }
}
