import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {filterFlags} from '../../cli/memory-flags.ts'
import {printMemories} from '../../cli/memory-table.ts'
import {listMemories, type ShownMemory} from '../../core/memory/memories.ts'
import {readFilter} from '../../core/memory/read-filter.ts'

export default class MemoryList extends MhCommand<typeof MemoryList> {
  static override summary = 'Show memories, newest first'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --tag house --since 2026-01-01 -n 100 --json'
  ]
  static override flags = {
    number: Flags.integer({
      char: 'n',
      min: 1,
      max: 500,
      default: 20,
      summary: 'At most so many',
      helpValue: '<number>'
    }),
    cursor: Flags.string({summary: 'Go on where a page ended: its "nextCursor"', helpValue: '<cursor>'}),
    ...filterFlags
  }

  override async execute(): Promise<{memories: ShownMemory[]; total: number; nextCursor: string | null}> {
    const page = await listMemories(await readFilter(this.flags), this.flags.number, this.flags.cursor)
    this.say(await printMemories(page.memories))
    if (page.nextCursor !== null)
      this.note(`${page.memories.length} of ${page.total}. The next ones: --cursor ${page.nextCursor}`)
    else if (page.total === 0) this.note('No memories.')
    return page
  }
}
