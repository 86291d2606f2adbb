import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {interruptible} from '../../cli/interruptible.ts'
import {plural} from '../../cli/plural.ts'
import {startProgress} from '../../cli/progress.ts'
import {type ImportedPerson, importUser} from '../../core/users/import.ts'

export default class UserImport extends MhCommand<typeof UserImport> {
  static override summary = 'Make a person of an export, or add it to one who is here'
  static override description = [
    'Ids of records stay, and so does the id of the account where nobody has it. Somebody new is a member without a password (the first',
    'one here is owner). With --on-conflict merge, what is not there yet is added to the person of that name: what is the same is',
    'skipped, and where the same id or path has another content both are kept.'
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %> ada.tar.gz',
    '<%= config.bin %> <%= command.id %> ada.tar.gz --as lovelace --json',
    '<%= config.bin %> <%= command.id %> ada.tar.gz --on-conflict merge'
  ]
  static override person = 'bootstrap' as const
  static override args = {
    file: Args.string({required: true, ignoreStdin: true, description: 'what mh user export wrote'})
  }
  static override flags = {
    as: Flags.string({summary: 'Another name than that of the export', helpValue: '<username>'}),
    'on-conflict': Flags.option({
      options: ['refuse', 'merge'] as const,
      default: 'refuse' as const,
      summary: 'What to do where somebody has the name'
    })()
  }

  override async execute(): Promise<ImportedPerson> {
    const {as, 'on-conflict': onConflict} = this.flags
    const progress = await startProgress('Looked at', 'files', !this.jsonEnabled())
    try {
      const result = await interruptible((signal) =>
        importUser(this.args.file, {
          merge: onConflict === 'merge',
          ...(as === undefined ? {} : {as}),
          onProgress: progress.tell,
          signal
        })
      )
      progress.stop()
      const {username, imported, skipped, conflicts} = result
      this.say(`Imported ${plural(imported, 'file', 'files')} of ${username}`)
      if (skipped > 0) this.note(`${plural(skipped, 'was', 'were')} here already`)
      for (const {path, id, keptAs} of conflicts)
        this.note(`${id ?? path} was here with another content. Both are kept: ${keptAs}`)
      return result
    } finally {
      progress.stop()
    }
  }
}
