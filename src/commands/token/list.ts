import {MhCommand} from '../../cli/base-command.ts'
import {type Column, printRecords} from '../../cli/table.ts'
import {listTokens, type ShownToken} from '../../core/users/tokens.ts'

const COLUMNS: Column<ShownToken>[] = [
  {title: 'id', value: ({id}) => id, piped: true},
  {title: 'name', value: ({name}) => name, piped: true, flexible: true},
  {title: 'made', value: ({createdAt}) => createdAt, short: ({createdAt}) => createdAt.slice(0, 10), piped: true},
  {
    title: 'good until',
    value: ({expires}) => expires ?? '',
    short: ({expires}) => expires?.slice(0, 10) ?? 'revoked',
    piped: true
  }
]

export default class TokenList extends MhCommand<typeof TokenList> {
  static override summary = 'Show your tokens; what they are used by is not shown'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  override async execute(): Promise<ShownToken[]> {
    const tokens = await listTokens()
    this.say(await printRecords(tokens, COLUMNS))
    if (tokens.length === 0) this.note('You have no tokens. mh token create makes one.')
    return tokens
  }
}
