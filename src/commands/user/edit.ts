import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {editUser, type UserChanges} from '../../core/users/edit.ts'
import type {DetailedUser} from '../../core/users/show-user.ts'

export default class UserEdit extends MhCommand<typeof UserEdit> {
  static override summary = "Change an account: yours, or for administrators anybody's"
  static override description = 'An empty value takes away what was there.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --display-name "Ada Lovelace"',
    '<%= config.bin %> <%= command.id %> bob --email bob@example.org',
    '<%= config.bin %> <%= command.id %> --avatar portrait.png'
  ]
  static override args = {username: Args.string({ignoreStdin: true, description: 'whose; yours where it is missing'})}
  static override flags = {
    'display-name': Flags.string({summary: 'The name that people see', helpValue: '<name>'}),
    email: Flags.string({summary: 'The e-mail address', helpValue: '<address>'}),
    avatar: Flags.string({summary: 'An image (PNG, JPEG, GIF or WebP), which is copied', helpValue: '<file>'})
  }

  override async execute(): Promise<DetailedUser> {
    const {'display-name': displayName, email, avatar} = this.flags
    const changes: UserChanges = {
      ...(displayName === undefined ? {} : {displayName}),
      ...(email === undefined ? {} : {email}),
      ...(avatar === undefined ? {} : {avatar})
    }
    const user = await editUser(this.args.username, changes)
    this.say(`Changed the account of ${user.username}`)
    return user
  }
}
