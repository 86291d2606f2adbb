import {MhCommand} from '../../cli/base-command.ts'
import type {Source} from '../../core/users/identify.ts'
import {publicUser} from '../../core/users/show.ts'
import type {PublicUser} from '../../core/users/user.ts'

export default class UserWhoami extends MhCommand<typeof UserWhoami> {
  static override summary = 'Show who commands act as'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  override async execute(): Promise<(PublicUser & {source: Source}) | undefined> {
    if (this.identity === undefined) return undefined
    const {user, source} = this.identity
    this.say(user.username)
    return {...publicUser(user), source}
  }
}
