import {MhCommand} from '../../cli/base-command.ts'
import {plural} from '../../cli/plural.ts'
import {type DuplicateGroup, findDuplicates} from '../../core/memory/duplicates.ts'

export default class MemoryDuplicates extends MhCommand<typeof MemoryDuplicates> {
  static override summary = 'Show groups of memories that say the same, or nearly'
  static override description = 'Nothing is removed.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  override async execute(): Promise<DuplicateGroup[]> {
    const groups = await findDuplicates()
    this.say(groups.map(({ids, similarity}) => `${similarity.toFixed(2)}\t${ids.join('\t')}`).join('\n'))
    this.note(
      groups.length === 0
        ? 'No memories are alike.'
        : `${plural(groups.length, 'group', 'groups')} of memories that are alike`
    )
    return groups
  }
}
