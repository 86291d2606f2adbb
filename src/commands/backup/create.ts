import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {interruptible} from '../../cli/interruptible.ts'
import {plural} from '../../cli/plural.ts'
import {startProgress} from '../../cli/progress.ts'
import {passphraseFlag, readPassphrase} from '../../cli/read-passphrase.ts'
import {type CreatedBackup, createBackup} from '../../core/backup/create.ts'

export default class BackupCreate extends MhCommand<typeof BackupCreate> {
  static override summary = 'Back up your profile, while it goes on being used'
  static override description = [
    'One compressed archive below backups/ with a manifest of hashes, read back and compared before it counts. Older backups of',
    'the same people beyond --keep are removed then (without it: as many as the setting backupKeep says stay).'
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --all-users --keep 30',
    "echo 'quiet otters juggle lanterns' | <%= config.bin %> <%= command.id %> --passphrase-stdin --json"
  ]
  static override flags = {
    'all-users': Flags.boolean({summary: 'Everybody, in one archive (administrators)'}),
    keep: Flags.integer({summary: 'How many backups stay, the new one included', helpValue: '<n>'}),
    'passphrase-stdin': passphraseFlag
  }

  override async execute(): Promise<CreatedBackup> {
    const {'all-users': everybody, keep, 'passphrase-stdin': encrypt} = this.flags
    const passphrase = await readPassphrase(encrypt, false, '')
    const progress = await startProgress('Read', 'files', !this.jsonEnabled())
    try {
      const backup = await interruptible((signal) =>
        createBackup({
          everybody,
          ...(keep === undefined ? {} : {keep}),
          ...(passphrase === undefined ? {} : {passphrase}),
          onProgress: progress.tell,
          signal
        })
      )
      progress.stop()
      this.say(`Backed up ${plural(backup.files, 'file', 'files')} of ${backup.users.join(', ')} to ${backup.path}`)
      if (encrypt) this.note('Nobody can open it without the passphrase, which is kept nowhere.')
      if (backup.removed.length > 0)
        this.note(`Removed ${plural(backup.removed.length, 'older backup', 'older backups')}`)
      return backup
    } finally {
      progress.stop()
    }
  }
}
