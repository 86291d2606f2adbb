import * as Args from '@oclif/core/args'
import {MhCommand} from '../../cli/base-command.ts'
import {plural} from '../../cli/plural.ts'
import {restoreMemories} from '../../core/memory/deleting.ts'

export default class MemoryRestore extends MhCommand<typeof MemoryRestore> {
  static override summary = 'Take memories back out of the trash'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 9f3a61c2',
    '<%= config.bin %> <%= command.id %> @last'
  ]
  static override strict = false
  static override args = {
    id: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'ids, unique endings of them, or @last for the one deleted last'
    })
  }

  override async execute(): Promise<{restored: string[]}> {
    const restored = await restoreMemories(this.words)
    this.say(`Took ${plural(restored.length, 'memory', 'memories')} back: ${restored.join(' ')}`)
    return {restored}
  }
}
