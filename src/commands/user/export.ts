import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {interruptible} from '../../cli/interruptible.ts'
import {plural} from '../../cli/plural.ts'
import {startProgress} from '../../cli/progress.ts'
import {type ExportedPerson, exportUser} from '../../core/users/export.ts'

export default class UserExport extends MhCommand<typeof UserExport> {
  static override summary = 'Write everything of a person into one file, to take them elsewhere'
  static override description = [
    'Persona, memories, tasks, settings, what was made of them, and the names and dates of the account; no logs, no role, no password.',
    'Your own, or for administrators anybody. The same person gives the same bytes.'
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %> ada -o ada.tar.gz',
    '<%= config.bin %> <%= command.id %> bob --output bob.tar.gz --json'
  ]
  static override args = {username: Args.string({required: true, ignoreStdin: true, description: 'who'})}
  static override flags = {
    output: Flags.string({char: 'o', required: true, summary: 'The file to write', helpValue: '<file.tar.gz>'})
  }

  override async execute(): Promise<ExportedPerson> {
    const progress = await startProgress('Read', 'files', !this.jsonEnabled())
    try {
      const exported = await interruptible((signal) =>
        exportUser(this.args.username, this.flags.output, {onProgress: progress.tell, signal})
      )
      progress.stop()
      this.say(`Exported ${plural(exported.files, 'file', 'files')} of ${exported.username} to ${exported.path}`)
      return exported
    } finally {
      progress.stop()
    }
  }
}
