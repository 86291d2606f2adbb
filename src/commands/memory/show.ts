import * as Args from '@oclif/core/args'
import {MhCommand} from '../../cli/base-command.ts'
import {printFields} from '../../cli/table.ts'
import {type ShownMemory, showMemory} from '../../core/memory/memories.ts'

export default class MemoryShow extends MhCommand<typeof MemoryShow> {
  static override summary = 'Show one memory, whole'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 9f3a61c2',
    '<%= config.bin %> <%= command.id %> @last --json'
  ]
  static override args = {
    id: Args.string({required: true, ignoreStdin: true, description: 'an id, any unique ending of it, or @last'})
  }

  override async execute(): Promise<ShownMemory> {
    const memory = await showMemory(this.args.id)
    this.say(
      `${printFields([
        ['Id', memory.id],
        ['When', memory.timestamp],
        ['Type', memory.type],
        ['Tags', memory.tags.join(', ')],
        ['Entities', memory.entities.join(', ')],
        ['Importance', String(memory.importance)],
        ['File', memory.path]
      ])}\n\n${memory.content}${memory.response === undefined ? '' : `\n\n${memory.response}`}`
    )
    return memory
  }
}
