import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {deleteUser, requireDeletable} from '../../core/users/delete.ts'

export default class UserDelete extends MhCommand<typeof UserDelete> {
  static override summary = 'Delete an account and everything of its person'
  static override description =
    "Your own, or for administrators anybody's. A backup is made and verified first; where that fails, nothing is deleted."
  static override examples = [
    '<%= config.bin %> <%= command.id %> bob',
    '<%= config.bin %> <%= command.id %> bob --yes --json'
  ]
  static override args = {username: Args.string({required: true, ignoreStdin: true, description: 'who'})}
  static override flags = {yes: Flags.boolean({char: 'y', summary: 'Do not ask'})}

  override async execute(): Promise<{username: string; backup: string}> {
    const {username} = await requireDeletable(this.args.username)
    await this.confirm(`Delete ${username} with all memories?`, this.flags.yes)
    const deleted = await deleteUser(username)
    this.say(`Deleted ${deleted.username}. What was there is in ${deleted.backup}`)
    return deleted
  }
}
