import {MhCommand} from '../../cli/base-command.ts'

export default class AgentsPause extends MhCommand<typeof AgentsPause> {
  static override summary = 'Pause your agents: nothing runs by itself for you'
  static override description = 'What you run yourself (mh agents run) still runs.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  override async execute(): Promise<{paused: boolean}> {
    const {setAgentsPaused} = await import('../../core/agents/settings.ts')
    await setAgentsPaused(true)
    this.say(`Your agents are paused. Go on: ${this.config.bin} agents resume`)
    return {paused: true}
  }
}
