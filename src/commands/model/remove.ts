import * as Args from '@oclif/core/args'
import {MhCommand} from '../../cli/base-command.ts'
import {type PublicModel, removeModel} from '../../core/models/change.ts'

export default class ModelRemove extends MhCommand<typeof ModelRemove> {
  static override summary = 'Take a model away, and the roles that it had'
  static override examples = [
    '<%= config.bin %> <%= command.id %> lab',
    '<%= config.bin %> <%= command.id %> lab --json'
  ]
  static override args = {id: Args.string({required: true, ignoreStdin: true, description: 'an id of mh model list'})}

  override async execute(): Promise<PublicModel> {
    const removed = await removeModel(this.args.id)
    const had = removed.roles.length === 0 ? '' : `; it was the model for ${removed.roles.join(', ')}`
    this.say(`Removed ${removed.id}${had}`)
    return removed
  }
}
