import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {printRecords} from '../../cli/table.ts'
import type {Difference} from '../../core/persona/differences.ts'
import {type PersonaVersion, personaDifferences, personaHistory} from '../../core/persona/history.ts'

export default class PersonaHistory extends MhCommand<typeof PersonaHistory> {
  static override summary = 'List the versions of your persona, the latest first'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --diff 3']
  static override flags = {
    diff: Flags.integer({min: 1, summary: 'Show what this version changed', helpValue: '<version>'})
  }

  override async execute(): Promise<PersonaVersion[] | {version: number; at: string; changes: Difference[]}> {
    if (this.flags.diff !== undefined) return this.compare(this.flags.diff)
    const versions = await personaHistory()
    this.say(
      await printRecords(versions, [
        {title: 'version', value: ({version}) => String(version), piped: true},
        {title: 'at', value: ({at}) => at, piped: true},
        {title: 'changed', value: ({changed}) => changed.join(', '), piped: true, flexible: true}
      ])
    )
    return versions
  }

  private async compare(version: number): Promise<{version: number; at: string; changes: Difference[]}> {
    const compared = await personaDifferences(version)
    for (const {path, before, after} of compared.changes) {
      this.say(path)
      if (before !== undefined) this.say(`  - ${JSON.stringify(before)}`)
      if (after !== undefined) this.say(`  + ${JSON.stringify(after)}`)
    }
    return compared
  }
}
