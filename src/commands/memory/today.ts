import {MhCommand} from '../../cli/base-command.ts'
import {printMemories} from '../../cli/memory-table.ts'
import type {ShownMemory} from '../../core/memory/memories.ts'
import {memoriesOfThisDay} from '../../core/memory/statistics.ts'

export default class MemoryToday extends MhCommand<typeof MemoryToday> {
  static override summary = 'Show what happened on this day in other years'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  override async execute(): Promise<{memories: ShownMemory[]}> {
    const memories = await memoriesOfThisDay()
    this.say(await printMemories(memories))
    if (memories.length === 0) this.note('Nothing is kept of this day in other years.')
    return {memories}
  }
}
