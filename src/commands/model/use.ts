import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {type PublicModel, useModel} from '../../core/models/change.ts'

export default class ModelUse extends MhCommand<typeof ModelUse> {
  static override summary = 'Say which model has a role from now on'
  static override examples = [
    '<%= config.bin %> <%= command.id %> ollama:llama3:8b',
    '<%= config.bin %> <%= command.id %> cloud --role curator',
    '<%= config.bin %> <%= command.id %> recall --mode emulation'
  ]
  static override args = {
    model: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'an id of mh model list, provider:model, or recall'
    })
  }
  static override flags = {
    role: Flags.string({default: 'persona', summary: 'What it does', helpValue: '<role>'}),
    mode: Flags.string({summary: 'Only in this mode', helpValue: '<mode>'})
  }

  override async execute(): Promise<PublicModel> {
    const {role, mode} = this.flags
    const used = await useModel(this.args.model, role, mode)
    this.say(`${used.id} is the model for ${role} now${mode === undefined ? '' : ` in ${mode} mode`}`)
    return used
  }
}
