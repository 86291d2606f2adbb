import * as Args from '@oclif/core/args'
import {MhCommand} from '../../cli/base-command.ts'
import {printFields} from '../../cli/table.ts'
import {type DetailedUser, showUser} from '../../core/users/show-user.ts'

export default class UserShow extends MhCommand<typeof UserShow> {
  static override summary = "Show an account: yours, or for administrators anybody's"
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> bob --json']
  static override args = {username: Args.string({ignoreStdin: true, description: 'whose; yours where it is missing'})}

  override async execute(): Promise<DetailedUser> {
    const user = await showUser(this.args.username)
    this.say(
      printFields([
        ['Username', user.username],
        ['Name', user.displayName],
        ['E-mail', user.email],
        ['Role', user.role],
        ['Active', user.active ? 'yes' : 'no'],
        ['Made', user.createdAt],
        ['Last sign-in', user.lastLogin],
        ['Profile', user.profilePath],
        ['Id', user.id]
      ])
    )
    return user
  }
}
