import * as Args from '@oclif/core/args'
import {MhCommand} from '../../cli/base-command.ts'
import {passphraseFlag, readPassphrase} from '../../cli/read-passphrase.ts'
import {findBackup} from '../../core/backup/stored.ts'
import {type VerifiedBackup, verifyBackup} from '../../core/backup/verify.ts'

export default class BackupVerify extends MhCommand<typeof BackupVerify> {
  static override summary = 'Read a backup to its end and compare every file with its manifest'
  static override description = 'Exit code 1 where anything is wrong.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> @last',
    '<%= config.bin %> <%= command.id %> 9f3a61 --json'
  ]
  static override args = {
    backup: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'its id, a unique ending of it, @last, or the path of an archive elsewhere'
    })
  }
  static override flags = {'passphrase-stdin': passphraseFlag}

  override async execute(): Promise<VerifiedBackup> {
    const backup = await findBackup(this.args.backup)
    const passphrase = backup.encrypted
      ? await readPassphrase(this.flags['passphrase-stdin'], this.mayAsk, 'The passphrase of the backup')
      : undefined
    const result = await verifyBackup(backup, passphrase)
    for (const sentence of result.broken) this.say(sentence)
    this.note(result.ok ? `${result.id} is whole` : `${result.id} is damaged`)
    if (!result.ok) this.failed()
    return result
  }
}
