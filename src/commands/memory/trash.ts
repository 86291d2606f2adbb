import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {printMemories} from '../../cli/memory-table.ts'
import {plural} from '../../cli/plural.ts'
import {emptyTrash, listTrash} from '../../core/memory/deleting.ts'

type Trashed = Awaited<ReturnType<typeof listTrash>>

export default class MemoryTrash extends MhCommand<typeof MemoryTrash> {
  static override summary = 'Show what was deleted, or remove it for good'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --empty --yes'
  ]
  static override flags = {
    empty: Flags.boolean({summary: 'Remove all of it for good'}),
    yes: Flags.boolean({char: 'y', summary: 'Do not ask', dependsOn: ['empty']})
  }

  override async execute(): Promise<Trashed | {emptied: number}> {
    const trashed = await listTrash()
    if (!this.flags.empty) {
      this.say(await printMemories(trashed))
      if (trashed.length === 0) this.note('The trash is empty.')
      return trashed
    }
    if (trashed.length > 0)
      await this.confirm(`Remove ${plural(trashed.length, 'memory', 'memories')} for good?`, this.flags.yes)
    const emptied = await emptyTrash()
    this.say(`Removed ${plural(emptied, 'memory', 'memories')} for good`)
    return {emptied}
  }
}
