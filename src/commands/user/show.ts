import * as Args from '@oclif/core/args'
import {MhCommand} from '../../cli/base-command.ts'
import {printFields} from '../../cli/table.ts'
import {showUser} from '../../core/users/show.ts'
import type {PublicUser} from '../../core/users/user.ts'

export default class UserShow extends MhCommand<typeof UserShow> {
  static override summary = "Show an account: yours, or for administrators anybody's"
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> bob --json']
  static override args = {username: Args.string({ignoreStdin: true, description: 'whose; yours where it is missing'})}

  override async execute(): Promise<PublicUser> {
    const user = await showUser(this.args.username)
    this.say(
      printFields([
        ['Username', user.username],
        ['Name', user.displayName],
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
