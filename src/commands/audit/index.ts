import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {takeSignal} from '../../cli/signals.ts'
import {type Column, printRecords} from '../../cli/table.ts'
import {type AuditFilter, followAudit, LEVELS, type ReadAuditEntry, readAudit} from '../../core/audit/read.ts'
import type {Scope} from '../../core/audit/trails.ts'
import {readFilter} from '../../core/memory/read-filter.ts'

const COLUMNS: Column<ReadAuditEntry>[] = [
  {
    title: 'when',
    value: ({timestamp}) => timestamp,
    short: ({timestamp}) => timestamp.slice(0, 19).replace('T', ' '),
    piped: true
  },
  {title: 'level', value: ({level}) => level, piped: true},
  {title: 'category', value: ({category}) => category, piped: true},
  {title: 'event', value: ({event}) => event, piped: true},
  {title: 'actor', value: ({actor}) => actor, piped: true},
  {title: 'trail', value: ({trail}) => trail, piped: true},
  {title: 'details', value: ({details}) => JSON.stringify(details), piped: true, flexible: true}
]

export default class Audit extends MhCommand<typeof Audit> {
  static override summary = 'Show what was done: your audit trail'
  static override description =
    "Administrators may read anybody's, which is then noted in that trail and the system's. Times are UTC."
  static override examples = [
    '<%= config.bin %> <%= command.id %> --since yesterday',
    '<%= config.bin %> <%= command.id %> --category security --level warn --all-users',
    '<%= config.bin %> <%= command.id %> -f'
  ]
  static override flags = {
    since: Flags.string({summary: 'Not before this time', helpValue: '<time in words or ISO>'}),
    until: Flags.string({summary: 'Not after this time; a day is included', helpValue: '<time in words or ISO>'}),
    category: Flags.string({
      summary: 'Only this category: system, action, data, security, decision',
      helpValue: '<category>'
    }),
    level: Flags.option({options: LEVELS, summary: 'Only this level and graver ones'})(),
    follow: Flags.boolean({char: 'f', summary: 'Go on with what is added, until Ctrl-C', exclusive: ['json', 'until']}),
    for: Flags.string({
      summary: "This person's (administrators)",
      helpValue: '<username>',
      exclusive: ['all-users']
    }),
    'all-users': Flags.boolean({summary: "Everybody's and the system's (administrators)"})
  }

  override async execute(): Promise<ReadAuditEntry[]> {
    const {category, level, follow} = this.flags
    const {since, until} = await readFilter({since: this.flags.since, until: this.flags.until})
    const filter: AuditFilter = {
      ...(since === undefined ? {} : {since}),
      ...(until === undefined ? {} : {until}),
      ...(category === undefined ? {} : {category}),
      ...(level === undefined ? {} : {level})
    }
    // Followed first: what is added while the list is made is missed by neither.
    const added = follow ? await followAudit(this.scope) : undefined
    const entries = await readAudit(filter, this.scope)
    this.say(await printRecords(entries, COLUMNS))
    if (added !== undefined) await this.follow((signal) => added(filter, signal), entries)
    else if (entries.length === 0) this.note('No entries.')
    return entries
  }

  private get scope(): Scope {
    if (this.flags['all-users']) return {kind: 'everybody'}
    return this.flags.for === undefined ? {kind: 'own'} : {kind: 'person', username: this.flags.for}
  }

  private async follow(
    added: (signal: AbortSignal) => AsyncIterable<ReadAuditEntry>,
    entries: readonly ReadAuditEntry[]
  ): Promise<void> {
    const listed = new Set(entries.map(({hash}) => hash))
    const stop = new AbortController()
    takeSignal('SIGINT', () => {
      this.failed(130)
      stop.abort()
    })
    for await (const entry of added(stop.signal)) {
      if (listed.has(entry.hash)) continue
      const shown = await printRecords([entry], COLUMNS)
      this.say(shown.split('\n').at(-1) ?? '')
    }
  }
}
