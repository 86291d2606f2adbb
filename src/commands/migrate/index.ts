import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {interruptible} from '../../cli/interruptible.ts'
import {plural} from '../../cli/plural.ts'
import {startProgress} from '../../cli/progress.ts'
import {type Column, printRecords} from '../../cli/table.ts'
import type {Migrated} from '../../core/migrate/migrate.ts'
import {type MigrationPlan, type Move, planMigration} from '../../core/migrate/plan.ts'

const COLUMNS: Column<Move>[] = [
  {title: 'kind', value: ({kind}) => kind, piped: true},
  {title: 'bytes', value: ({bytes}) => String(bytes), piped: true},
  {title: 'from', value: ({from}) => from, piped: true, flexible: true},
  {title: 'to', value: ({to}) => to, piped: true, optional: true}
]

export default class Migrate extends MhCommand<typeof Migrate> {
  static override summary = 'Make a profile of a single-user MetaHuman OS folder'
  static override description = [
    'With --from the folder is copied, and only read. Without it, what lies at the data root (persona, memory, etc, logs, out) is',
    'moved. A backup is made first, and everything is verified; mh migrate rollback takes it back.'
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %> --username ada --from ~/metahuman --dry-run',
    '<%= config.bin %> <%= command.id %> --username ada --from ~/metahuman',
    '<%= config.bin %> <%= command.id %> --username ada --yes'
  ]
  static override person = 'bootstrap' as const
  static override flags = {
    username: Flags.string({
      required: true,
      summary: 'Whose profile it becomes; the account is made where it is missing',
      helpValue: '<username>'
    }),
    from: Flags.string({summary: 'The folder to copy', helpValue: '<folder>'}),
    'dry-run': Flags.boolean({summary: 'Only list what would be moved, and what is in the way'}),
    yes: Flags.boolean({char: 'y', summary: 'Do not ask'})
  }

  override async execute(): Promise<MigrationPlan | Migrated> {
    const {username, from} = this.flags
    const request = {username, ...(from === undefined ? {} : {from})}
    const plan = await planMigration(request)
    if (this.flags['dry-run']) {
      this.say(await printRecords(plan.moves, COLUMNS))
      for (const {path, reason} of plan.conflicts) this.note(`In the way: ${path}: ${reason}`)
      this.note(`${files(plan)} would be ${from === undefined ? 'moved' : 'copied'} to ${plan.username}`)
      return plan
    }
    const {migrate} = await import('../../core/migrate/migrate.ts')
    if (from === undefined && plan.conflicts.length === 0)
      await this.confirm(`Move ${files(plan)} from ${plan.from} into the profile of ${plan.username}?`, this.flags.yes)
    const progress = await startProgress('Prepared', 'files', !this.jsonEnabled())
    try {
      const done = await interruptible((signal) =>
        migrate(request, {onFile: (count, total) => progress.tell(count, total), signal})
      )
      progress.stop()
      this.tell(done)
      return done
    } finally {
      progress.stop()
    }
  }

  private tell(done: Migrated): void {
    this.say(
      [
        `${files(done)} from ${done.from} are ${done.username}'s now`,
        `${plural(done.memories, 'memory', 'memories')} and ${plural(done.tasks, 'task', 'tasks')} can be read`,
        `Back: mh migrate rollback ${done.backup}`
      ].join('\n')
    )
    for (const {path, reason} of done.unreadable) this.note(`${path} is left as it is and cannot be read: ${reason}`)
    if (!done.verified) this.failed()
  }
}

const files = ({moves, bytes}: MigrationPlan): string => `${plural(moves.length, 'file', 'files')} (${bytes} bytes)`
