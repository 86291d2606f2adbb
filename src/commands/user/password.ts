import * as Args from '@oclif/core/args'
import {MhCommand} from '../../cli/base-command.ts'
import {passwordFlag, readPassword} from '../../cli/read-password.ts'
import {checkPasswordTarget, setPassword} from '../../core/users/passwords.ts'
import type {PublicUser} from '../../core/users/user.ts'

export default class UserPassword extends MhCommand<typeof UserPassword> {
  static override summary = 'Set the password by which somebody signs in to the web'
  static override description = "Yours, or for administrators anybody's. The command line asks for none."
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> bob --password-stdin < secret.txt'
  ]
  static override args = {username: Args.string({ignoreStdin: true, description: 'whose; yours where it is missing'})}
  static override flags = {'password-stdin': passwordFlag}

  override async execute(): Promise<PublicUser> {
    const username = await checkPasswordTarget(this.args.username)
    const password = await readPassword(this.flags['password-stdin'], this.mayAsk, username)
    const user = await setPassword(this.args.username, password)
    this.say(`Set the password of ${user.username}`)
    return user
  }
}
