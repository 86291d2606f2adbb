import {MhCommand} from '../../cli/base-command.ts'
import {printRecords} from '../../cli/table.ts'
import {listUsers} from '../../core/users/accounts.ts'
import {publicUser} from '../../core/users/show.ts'
import type {PublicUser} from '../../core/users/user.ts'

export default class UserList extends MhCommand<typeof UserList> {
  static override summary = 'Show who has a profile on this machine'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']
  static override person = 'optional' as const

  override async execute(): Promise<PublicUser[]> {
    const users = listUsers().map(publicUser)
    this.say(
      await printRecords(users, [
        {title: 'id', value: ({id}) => id, piped: true},
        {title: '', value: ({active}) => (active ? '*' : ' ')},
        {title: 'username', value: ({username}) => username, piped: true},
        {title: 'role', value: ({role}) => role, piped: true},
        {title: 'name', value: ({displayName}) => displayName ?? '', piped: true},
        {
          title: 'since',
          value: ({createdAt}) => createdAt ?? '',
          short: ({createdAt}) => createdAt?.slice(0, 10) ?? '',
          piped: true
        }
      ])
    )
    if (users.length === 0) this.note('Nobody has a profile here yet. mh quickstart makes the first one.')
    return users
  }
}
