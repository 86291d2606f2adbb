import * as Args from '@oclif/core/args'
import {MhCommand} from '../../cli/base-command.ts'
import {usageError} from '../../core/errors.ts'
import {recentUsers, switchUser} from '../../core/users/switch.ts'

export default class UserSwitch extends MhCommand<typeof UserSwitch> {
  static override summary = 'Say who commands act as from now on'
  static override description =
    'Without a name, choose from a list, who was active last first. "-" is whoever was active before.'
  static override examples = ['<%= config.bin %> <%= command.id %> ada', '<%= config.bin %> <%= command.id %> -']
  static override person = 'optional' as const
  static override args = {username: Args.string({ignoreStdin: true, description: 'who; "-" is the one before'})}

  override async execute(): Promise<{username: string; previous: string | null}> {
    const result = await switchUser(this.args.username ?? (await this.choose()))
    this.say(`${result.username} is active now`)
    return result
  }

  private async choose(): Promise<string> {
    if (!this.mayAsk)
      throw usageError(
        'USERNAME_MISSING',
        'The username is missing, and nobody can be asked',
        'mh user switch <username>'
      )
    const choices = (await recentUsers()).map(({username, metadata}) => ({
      value: username,
      name: metadata?.displayName ? `${username} (${metadata.displayName})` : username
    }))
    if (choices.length === 0)
      throw usageError('NO_USERS', 'Nobody has a profile here yet', 'mh quickstart makes the first profile')
    const {choose} = await import('../../cli/prompts.ts')
    return choose('Who are you?', choices)
  }
}
