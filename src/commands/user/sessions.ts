import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {plural} from '../../cli/plural.ts'
import {type Column, printRecords} from '../../cli/table.ts'
import {listSessions, revokeSessions, type ShownSession} from '../../core/users/sessions.ts'

const COLUMNS: Column<ShownSession>[] = [
  {title: 'id', value: ({id}) => id, piped: true},
  {
    title: 'since',
    value: ({createdAt}) => createdAt,
    short: ({createdAt}) => createdAt.slice(0, 16).replace('T', ' '),
    piped: true
  },
  {
    title: 'until',
    value: ({expiresAt}) => expiresAt,
    short: ({expiresAt}) => expiresAt.slice(0, 16).replace('T', ' '),
    piped: true
  },
  {title: 'by', value: ({via}) => via, piped: true},
  {title: 'from', value: ({address}) => address, piped: true},
  {title: 'browser', value: ({agent}) => agent, piped: true, flexible: true}
]

export default class UserSessions extends MhCommand<typeof UserSessions> {
  static override summary = 'Show where you are signed in to the web, or end that'
  static override description = "Yours, or for administrators anybody's. Times are UTC."
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --revoke all',
    '<%= config.bin %> <%= command.id %> bob --json'
  ]
  static override args = {username: Args.string({ignoreStdin: true, description: 'whose; yours where it is missing'})}
  static override flags = {
    revoke: Flags.string({summary: 'End this session, or all of them', helpValue: '<id or all>'})
  }

  override async execute(): Promise<ShownSession[] | {revoked: string[]}> {
    const {revoke} = this.flags
    if (revoke !== undefined) {
      const revoked = await revokeSessions(revoke, this.args.username)
      this.say(`Ended ${plural(revoked.length, 'session', 'sessions')}`)
      return {revoked}
    }
    const sessions = await listSessions(this.args.username)
    this.say(await printRecords(sessions, COLUMNS))
    if (sessions.length === 0) this.note('Nobody is signed in to the web.')
    return sessions
  }
}
