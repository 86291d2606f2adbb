import * as Args from '@oclif/core/args'
import {MhCommand} from '../../cli/base-command.ts'

export default class AgentsEnable extends MhCommand<typeof AgentsEnable> {
  static override summary = 'Let an agent work for you'
  static override description =
    'An agent of your own, a file in the folder agents of the data root, is enabled by an administrator first, as its file is then.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> reflector',
    '<%= config.bin %> <%= command.id %> dreamer --json'
  ]
  static override args = {agent: Args.string({required: true, ignoreStdin: true, description: "an agent's name"})}

  override async execute(): Promise<{name: string; enabled: boolean}> {
    const {enableAgent} = await import('../../agents/enable.ts')
    const {agent: name} = this.args
    await enableAgent(name)
    this.say(`${name} works for you`)
    return {name, enabled: true}
  }
}
