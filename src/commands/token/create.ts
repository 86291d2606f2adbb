import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {createToken, type ShownToken} from '../../core/users/tokens.ts'

export default class TokenCreate extends MhCommand<typeof TokenCreate> {
  static override summary = 'Make a token by which a script may do over HTTP what you may'
  static override description = 'It is shown once, and never again: only its hash is kept.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --name backup --days 90',
    '<%= config.bin %> <%= command.id %> --json'
  ]
  static override flags = {
    name: Flags.string({summary: 'What it is for', helpValue: '<text>'}),
    days: Flags.integer({summary: 'For how many days it is good; until it is revoked otherwise', helpValue: '<number>'})
  }

  override async execute(): Promise<ShownToken & {token: string}> {
    const {name, days} = this.flags
    const made = await createToken({name, days})
    this.say(made.token)
    this.note(
      `Keep it: it is shown this once. ${made.expires === null ? 'It is good until it is revoked' : `It is good until ${made.expires}`}: mh token revoke ${made.id}`
    )
    return made
  }
}
