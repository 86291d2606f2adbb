import {MhCommand} from '../../cli/base-command.ts'
import {idArg} from '../../cli/memory-flags.ts'
import {printFields} from '../../cli/table.ts'
import {forTerminal} from '../../cli/terminal.ts'
import {type ShownMemory, showMemory} from '../../core/memory/memories.ts'

export default class MemoryShow extends MhCommand<typeof MemoryShow> {
  static override summary = 'Show one memory, whole'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 9f3a61c2',
    '<%= config.bin %> <%= command.id %> @last --json'
  ]
  static override args = {id: idArg}

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
      ])}\n\n${forTerminal(memory.content)}${memory.response === undefined ? '' : `\n\n${forTerminal(memory.response)}`}`
    )
    return memory
  }
}
