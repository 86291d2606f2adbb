import {MhCommand} from '../../cli/base-command.ts'
import {idArg} from '../../cli/memory-flags.ts'
import type {ShownMemory} from '../../core/memory/memories.ts'
import {undoEdit} from '../../core/memory/versions.ts'

export default class MemoryUndo extends MhCommand<typeof MemoryUndo> {
  static override summary = 'Put the version before the present one back'
  static override description = 'Used again, it goes a step further back. What is put aside stays in the history.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 9f3a61c2',
    '<%= config.bin %> <%= command.id %> @last --json'
  ]
  static override args = {id: idArg}

  override async execute(): Promise<ShownMemory> {
    const memory = await undoEdit(this.args.id)
    this.say(`${memory.id} says again: ${memory.content}`)
    return memory
  }
}
