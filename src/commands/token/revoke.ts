import * as Args from '@oclif/core/args'
import {MhCommand} from '../../cli/base-command.ts'
import {revokeToken} from '../../core/users/tokens.ts'

export default class TokenRevoke extends MhCommand<typeof TokenRevoke> {
  static override summary = 'Take a token back; it is good no more at once'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 9f3a61c2d4e5f607',
    '<%= config.bin %> <%= command.id %> @last'
  ]
  static override args = {
    id: Args.string({required: true, ignoreStdin: true, description: 'its id, any unique ending of it, or @last'})
  }

  override async execute(): Promise<{revoked: string}> {
    const result = await revokeToken(this.args.id)
    this.say(`Revoked ${result.revoked}`)
    return result
  }
}
