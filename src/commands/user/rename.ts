import * as Args from '@oclif/core/args'
import {MhCommand} from '../../cli/base-command.ts'
import {renameUser} from '../../core/users/rename.ts'
import type {PublicUser} from '../../core/users/user.ts'

export default class UserRename extends MhCommand<typeof UserRename> {
  static override summary = 'Give an account and its profile another name'
  static override description = "Your own, or for administrators anybody's. Everything else of the account stays."
  static override examples = [
    '<%= config.bin %> <%= command.id %> ada lovelace',
    '<%= config.bin %> <%= command.id %> bob robert --json'
  ]
  static override args = {
    old: Args.string({required: true, ignoreStdin: true, description: 'the name now'}),
    new: Args.string({required: true, ignoreStdin: true, description: '2 to 32 lower-case letters, digits, _ or -'})
  }

  override async execute(): Promise<PublicUser> {
    const user = await renameUser(this.args.old, this.args.new)
    this.say(`${this.args.old} is ${user.username} now, with the profile at ${user.profilePath}`)
    return user
  }
}
