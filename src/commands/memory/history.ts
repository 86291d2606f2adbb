import {MhCommand} from '../../cli/base-command.ts'
import {idArg} from '../../cli/memory-flags.ts'
import {printRecords} from '../../cli/table.ts'
import {type MemoryVersion, memoryHistory} from '../../core/memory/versions.ts'

export default class MemoryHistory extends MhCommand<typeof MemoryHistory> {
  static override summary = 'Show what a memory said before it was edited'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 9f3a61c2',
    '<%= config.bin %> <%= command.id %> @last --json'
  ]
  static override args = {id: idArg}

  override async execute(): Promise<MemoryVersion[]> {
    const versions = await memoryHistory(this.args.id)
    this.say(
      await printRecords(versions, [
        {title: 'version', value: ({version}) => version, piped: true},
        {title: 'replaced', value: ({at}) => at, piped: true},
        {title: '', value: ({undone}) => (undone ? 'undone' : ''), piped: true},
        {title: 'tags', value: ({tags}) => tags.join(', '), piped: true},
        {title: 'what', value: ({content}) => content, piped: true, flexible: true}
      ])
    )
    if (versions.length === 0) this.note('It was never edited.')
    return versions
  }
}
