import {MhCommand} from '../../cli/base-command.ts'
import {printFields} from '../../cli/table.ts'
import {memoryStatistics} from '../../core/memory/statistics.ts'
import type {MemoryStatistics} from '../../core/memory/store.ts'

export default class MemoryStats extends MhCommand<typeof MemoryStats> {
  static override summary = 'Show how many memories there are, of which kinds'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  override async execute(): Promise<MemoryStatistics> {
    const statistics = await memoryStatistics()
    const {total, unprocessed, byType, byTag, indexBytes} = statistics
    this.say(
      printFields([
        ['Memories', String(total)],
        ['Unprocessed', String(unprocessed)],
        ['Types', most(byType)],
        ['Tags', most(byTag)],
        ['Index', `${(indexBytes / 1e6).toFixed(1)} MB`]
      ])
    )
    return statistics
  }
}

const SHOWN = 12

/** The most frequent ones with their numbers. */
function most(counts: Record<string, number>): string {
  const sorted = Object.entries(counts).sort(([, a], [, b]) => b - a)
  const rest = sorted.length - SHOWN
  return [
    ...sorted.slice(0, SHOWN).map(([name, count]) => `${name} ${count}`),
    ...(rest > 0 ? [`and ${rest} more`] : [])
  ].join(', ')
}
