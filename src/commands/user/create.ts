import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {passwordFlag, readPassword} from '../../cli/read-password.ts'
import {createUser} from '../../core/users/create.ts'
import type {PublicUser} from '../../core/users/user.ts'

export default class UserCreate extends MhCommand<typeof UserCreate> {
  static override summary = 'Make an account and its private profile'
  static override examples = [
    '<%= config.bin %> <%= command.id %> ada',
    '<%= config.bin %> <%= command.id %> bob --display-name "Bob" --role member'
  ]
  static override person = 'bootstrap' as const
  static override args = {
    username: Args.string({
      required: true,
      ignoreStdin: true,
      description: '2 to 32 lower-case letters, digits, _ or -'
    })
  }
  static override flags = {
    role: Flags.option({
      options: ['owner', 'member', 'guest'] as const,
      summary: 'What they may do (the first account is always owner)'
    })(),
    'display-name': Flags.string({summary: 'The name that people see'}),
    email: Flags.string({summary: 'Their e-mail address'}),
    'password-stdin': passwordFlag
  }

  override async execute(): Promise<PublicUser> {
    const {role, 'display-name': displayName, email} = this.flags
    const user = await createUser({
      username: this.args.username,
      ...(role === undefined ? {} : {role}),
      ...(displayName === undefined ? {} : {displayName}),
      ...(email === undefined ? {} : {email}),
      ...(this.flags['password-stdin'] ? {password: await readPassword(true, false, this.args.username)} : {})
    })
    this.say(`Made ${user.username} (${user.role}) with a profile at ${user.profilePath}`)
    if (user.active) this.say(`${user.username} is active now`)
    return user
  }
}
