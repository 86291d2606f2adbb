import type {ListedAgent} from '../../agents/list.ts'
import {MhCommand} from '../../cli/base-command.ts'
import {relativeTime} from '../../cli/relative-time.ts'
import {type Column, printRecords} from '../../cli/table.ts'
import {scheduleText} from '../../core/agents/schedule-text.ts'
import {readSettings} from '../../core/settings.ts'

const COLUMNS: Column<ListedAgent>[] = [
  {title: 'agent', value: ({name}) => name, piped: true},
  {title: 'scope', value: ({scope}) => scope, piped: true, optional: true},
  {title: 'enabled', value: ({enabled}) => (enabled ? 'yes' : 'no'), piped: true},
  {title: 'runs', value: ({schedule}) => scheduleText(schedule), piped: true},
  {
    title: 'last run',
    value: ({lastRun}) => lastRun ?? '',
    short: ({lastRun}) =>
      lastRun === null ? 'never' : relativeTime(Date.parse(lastRun), Date.now(), readSettings().timezone),
    piped: true
  },
  {title: 'what it does', value: ({description}) => description, piped: true, flexible: true}
]

export default class AgentsList extends MhCommand<typeof AgentsList> {
  static override summary = 'List agents, whether they work for you, and when'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  override async execute(): Promise<ListedAgent[]> {
    const {listAgents} = await import('../../agents/list.ts')
    const agents = await listAgents()
    this.say(await printRecords(agents, COLUMNS))
    return agents
  }
}
