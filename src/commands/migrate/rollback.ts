import * as Args from '@oclif/core/args'
import {MhCommand} from '../../cli/base-command.ts'
import {interruptible} from '../../cli/interruptible.ts'
import {plural} from '../../cli/plural.ts'
import {startProgress} from '../../cli/progress.ts'
import {type RolledBack, rollBack} from '../../core/migrate/rollback.ts'

export default class MigrateRollback extends MhCommand<typeof MigrateRollback> {
  static override summary = 'Take a migration back'
  static override description = [
    'What was moved lies at the data root again, as it was; what was made of it is removed, after a backup of what it has become.',
    'A folder that was copied is not touched.'
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %> @last',
    '<%= config.bin %> <%= command.id %> 9f3a61 --json'
  ]
  static override person = 'bootstrap' as const
  static override args = {
    backup: Args.string({
      required: true,
      ignoreStdin: true,
      description: "id of the migration's backup, a unique ending of it, or @last"
    })
  }

  override async execute(): Promise<RolledBack> {
    const progress = await startProgress('Unpacked', 'files', !this.jsonEnabled())
    try {
      const done = await interruptible((signal) =>
        rollBack(this.args.backup, {onFile: (count, total) => progress.tell(count, total), signal})
      )
      progress.stop()
      const back = done.restored > 0 ? `${plural(done.restored, 'file is', 'files are')} back at the data root` : ''
      const gone = `${done.username}'s ${done.accountRemoved ? 'account is' : 'files are'} gone`
      this.say([back, gone].filter((line) => line !== '').join('\n'))
      if (done.previous !== null) this.note(`What was there until now is in the backup ${done.previous}`)
      return done
    } finally {
      progress.stop()
    }
  }
}
