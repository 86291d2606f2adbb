import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {interruptible} from '../../cli/interruptible.ts'
import {plural} from '../../cli/plural.ts'
import {startProgress} from '../../cli/progress.ts'
import {passphraseFlag, readPassphrase} from '../../cli/read-passphrase.ts'
import {planRestore, type Restored, restoreBackup} from '../../core/backup/restore.ts'

export default class BackupRestore extends MhCommand<typeof BackupRestore> {
  static override summary = 'Put your profile back to what it was in a backup'
  static override description = [
    'What is there now is backed up first. Audit trails and other logs are not taken back: those of the backup are laid beside',
    'them, below logs/restored/. With --as, administrators restore somebody else, somebody who was deleted, or make a new person of the backup.'
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %> @last',
    '<%= config.bin %> <%= command.id %> 9f3a61 --as bob --yes'
  ]
  static override args = {
    backup: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'its id, a unique ending of it, @last, or the path of an archive elsewhere'
    })
  }
  static override flags = {
    as: Flags.string({summary: 'Who gets it, if not you (administrators)', helpValue: '<username>'}),
    of: Flags.string({
      summary: 'Whose part it is, where the backup holds several people',
      helpValue: '<username>',
      dependsOn: ['as']
    }),
    'all-users': Flags.boolean({summary: 'Everybody in the backup (administrators)', exclusive: ['as']}),
    yes: Flags.boolean({char: 'y', summary: 'Do not ask'}),
    'passphrase-stdin': passphraseFlag
  }

  override async execute(): Promise<Restored> {
    const {as, of, 'all-users': everybody, yes} = this.flags
    const plan = await planRestore(this.args.backup, {
      everybody,
      ...(as === undefined ? {} : {as}),
      ...(of === undefined ? {} : {of})
    })
    const {backup, parts} = plan
    const replaced = parts.filter(({present}) => present !== undefined).map(({username}) => username)
    if (replaced.length > 0)
      await this.confirm(`Put ${replaced.join(', ')} back to what was there at ${backup.createdAt}?`, yes)
    const passphrase = backup.encrypted
      ? await readPassphrase(this.flags['passphrase-stdin'], this.mayAsk, 'The passphrase of the backup')
      : undefined
    const progress = await startProgress('Looked at', 'files', !this.jsonEnabled())
    try {
      const restored = await interruptible((signal) =>
        restoreBackup(plan, {...(passphrase === undefined ? {} : {passphrase}), onProgress: progress.tell, signal})
      )
      progress.stop()
      this.say(`Restored ${plural(restored.files, 'file', 'files')} of ${restored.users.join(', ')}`)
      if (restored.previous !== null)
        this.note(
          `What was there before is in the backup ${restored.previous}. Undo: mh backup restore ${restored.previous}`
        )
      return restored
    } finally {
      progress.stop()
    }
  }
}
