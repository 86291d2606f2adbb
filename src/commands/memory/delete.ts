import * as Args from '@oclif/core/args'
import {MhCommand} from '../../cli/base-command.ts'
import {plural} from '../../cli/plural.ts'
import {deleteMemories} from '../../core/memory/deleting.ts'

export default class MemoryDelete extends MhCommand<typeof MemoryDelete> {
  static override summary = 'Move memories to the trash'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 9f3a61c2',
    '<%= config.bin %> <%= command.id %> @last --json'
  ]
  static override strict = false
  static override args = {
    id: Args.string({required: true, ignoreStdin: true, description: 'ids, unique endings of them, or @last'})
  }

  override async execute(): Promise<{deleted: string[]}> {
    const deleted = await deleteMemories(this.words)
    this.say(
      `Moved ${plural(deleted.length, 'memory', 'memories')} to the trash. Undo: ${this.config.bin} memory restore ${deleted.join(' ')}`
    )
    return {deleted}
  }
}
