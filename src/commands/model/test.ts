import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {type ModelTrial, tryModel} from '../../core/models/try-model.ts'

export default class ModelTest extends MhCommand<typeof ModelTest> {
  static override summary = 'Ask a model for a word, and tell how long it takes'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --role embedding'
  ]
  static override flags = {
    role: Flags.string({default: 'persona', summary: 'The model of this role', helpValue: '<role>'})
  }

  override async execute(): Promise<Omit<ModelTrial, 'exitCode'>> {
    const {exitCode, ...trial} = await tryModel(this.flags.role)
    const {role, model, ok, latencyMs, error} = trial
    if (ok) this.say(`${model ?? 'recall'} (${role}) answers after ${latencyMs} ms`)
    else this.note(`Error: ${error?.message}${error?.hint === undefined ? '' : `\n${error.hint}`}`)
    if (exitCode !== 0) this.failed(exitCode)
    return trial
  }
}
