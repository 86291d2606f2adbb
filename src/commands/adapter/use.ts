import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'

export default class AdapterUse extends MhCommand<typeof AdapterUse> {
  static override summary = 'Note in models.json which adapter a model has'
  static override description =
    'The server of the model loads it: docs/training.md tells how for vLLM, llama.cpp and Ollama. The word "none" takes it away.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 2026-05-03',
    '<%= config.bin %> <%= command.id %> none --model lab'
  ]
  static override args = {
    name: Args.string({required: true, ignoreStdin: true, description: 'a name of mh adapter list, or none'})
  }
  static override flags = {
    model: Flags.string({summary: "An id of models.json; the persona's where it is missing", helpValue: '<id>'})
  }

  override async execute(): Promise<{name: string | null; model: string; path: string | null}> {
    const {useAdapter} = await import('../../core/training/use-adapter.ts')
    const used = await useAdapter(this.args.name, this.flags.model)
    this.say(used.name === null ? `${used.model} has no adapter now` : `${used.model} has the adapter ${used.name} now`)
    if (used.path !== null) this.note(`Its server loads it from ${used.path}`)
    return used
  }
}
