import * as Args from '@oclif/core/args'
import {MhCommand} from '../../cli/base-command.ts'
import {setRole} from '../../core/users/role.ts'
import {type PublicUser, ROLES, type User} from '../../core/users/user.ts'

export default class UserRole extends MhCommand<typeof UserRole> {
  static override summary = 'Say what somebody may do on this machine'
  static override description = 'For administrators. It counts at once, also in what is running.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> bob owner',
    '<%= config.bin %> <%= command.id %> eve guest'
  ]
  static override args = {
    username: Args.string({required: true, ignoreStdin: true, description: 'who'}),
    role: Args.string({required: true, ignoreStdin: true, options: [...ROLES], description: 'what they are'})
  }

  override async execute(): Promise<PublicUser> {
    const user = await setRole(this.args.username, this.args.role as User['role'])
    this.say(`${user.username} is ${user.role}`)
    return user
  }
}
