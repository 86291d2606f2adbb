import * as Args from '@oclif/core/args'
import {MhCommand} from '../../cli/base-command.ts'

export default class AgentsDisable extends MhCommand<typeof AgentsDisable> {
  static override summary = 'Keep an agent from working for you'
  static override examples = [
    '<%= config.bin %> <%= command.id %> dreamer',
    '<%= config.bin %> <%= command.id %> reflector --json'
  ]
  static override args = {agent: Args.string({required: true, ignoreStdin: true, description: "an agent's name"})}

  override async execute(): Promise<{name: string; enabled: boolean}> {
    const {disableAgent} = await import('../../agents/enable.ts')
    const {agent: name} = this.args
    await disableAgent(name)
    this.say(`${name} no longer works for you`)
    return {name, enabled: false}
  }
}
