import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {type Column, printRecords} from '../../cli/table.ts'
import {everybody} from '../../core/users/accounts.ts'
import type {UserInDetail} from '../../core/users/list-long.ts'
import {publicUser} from '../../core/users/show.ts'
import type {PublicUser} from '../../core/users/user.ts'

const COLUMNS: Column<PublicUser>[] = [
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
]

const LONG: Column<UserInDetail>[] = [
  ...COLUMNS,
  {
    title: 'last activity',
    value: ({lastActivity}) => lastActivity ?? '',
    short: ({lastActivity}) => lastActivity?.slice(0, 10) ?? '',
    piped: true
  },
  {title: 'memories', value: ({memories}) => String(memories ?? '?'), piped: true},
  {
    title: 'size',
    value: ({bytes}) => String(bytes ?? '?'),
    short: ({bytes}) => (bytes === null ? '?' : `${Math.ceil(bytes / 1024)} KiB`),
    piped: true
  }
]

export default class UserList extends MhCommand<typeof UserList> {
  static override summary = 'Show who has a profile on this machine'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --long --json'
  ]
  static override person = 'optional' as const
  static override flags = {
    long: Flags.boolean({char: 'l', summary: 'With last activity and size (administrators)'})
  }

  override async execute(): Promise<PublicUser[]> {
    if (this.flags.long) {
      const {listUsersInDetail} = await import('../../core/users/list-long.ts')
      const users = await listUsersInDetail()
      this.say(await printRecords(users, LONG))
      return users
    }
    const users = (await everybody()).map(publicUser)
    this.say(await printRecords(users, COLUMNS))
    if (users.length === 0) this.note('Nobody has a profile here yet. mh quickstart makes the first one.')
    return users
  }
}
