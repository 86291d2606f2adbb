import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {filterFlags} from '../../cli/memory-flags.ts'
import {plural} from '../../cli/plural.ts'
import {forgetMemories, selectToForget} from '../../core/memory/forgetting.ts'
import {readFilter} from '../../core/memory/read-filter.ts'
import type {Remaining} from '../../core/memory/store.ts'

interface Forgotten {
  forgotten: string[]
  remaining: Remaining[]
}

export default class MemoryForget extends MhCommand<typeof MemoryForget> {
  static override summary = 'Remove memories for good, history and trash included'
  static override description =
    'Unlike delete, there is no way back. Afterwards the profile is searched for what they said, and whatever still holds it is named.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 9f3a61c2',
    '<%= config.bin %> <%= command.id %> --tag old-job --dry-run',
    '<%= config.bin %> <%= command.id %> --until 2019-12-31 --yes'
  ]
  static override strict = false
  static override args = {id: Args.string({ignoreStdin: true, description: 'ids, or unique endings of them'})}
  static override flags = {
    'dry-run': Flags.boolean({summary: 'Only show what would go'}),
    yes: Flags.boolean({char: 'y', summary: 'Do not ask'}),
    ...filterFlags
  }

  override async execute(): Promise<Forgotten> {
    const ids = await selectToForget({references: this.words, filter: await readFilter(this.flags)})
    if (this.flags['dry-run']) {
      this.say(ids.join('\n'))
      this.note(`${plural(ids.length, 'memory', 'memories')} would be forgotten`)
      return {forgotten: ids, remaining: []}
    }
    if (ids.length > 0)
      await this.confirm(`Forget ${plural(ids.length, 'memory', 'memories')} for good?`, this.flags.yes)
    const result = await forgetMemories(ids)
    this.say(`Forgot ${plural(result.forgotten.length, 'memory', 'memories')}`)
    for (const {where, path, maybe} of result.remaining)
      this.note(`${maybe ? 'May still be' : 'Still stands'} in ${where === 'backup' ? 'the backup ' : ''}${path}`)
    return result
  }
}
