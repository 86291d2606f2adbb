import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {invite, type NewInvitation} from '../../core/users/invitations.ts'

export default class UserInvite extends MhCommand<typeof UserInvite> {
  static override summary = 'Let somebody make one account by the web, within a week'
  static override description = 'For administrators. The token is shown once; whoever has it can use it, once.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --role guest --json'
  ]
  static override flags = {
    role: Flags.option({
      options: ['owner', 'member', 'guest'] as const,
      summary: 'What they may do',
      default: 'member'
    })()
  }

  override async execute(): Promise<NewInvitation> {
    const made = await invite(this.flags.role)
    this.say(made.token)
    this.note(`It makes one account (${made.role}) at /register of mh serve, until ${made.expires}.`)
    return made
  }
}
