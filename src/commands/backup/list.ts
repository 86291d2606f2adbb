import {MhCommand} from '../../cli/base-command.ts'
import {relativeTime} from '../../cli/relative-time.ts'
import {type Column, printRecords} from '../../cli/table.ts'
import {type ListedBackup, listBackups} from '../../core/backup/stored.ts'
import {readSettings} from '../../core/settings.ts'

const columns = (now: number, zone: string): Column<ListedBackup>[] => [
  {title: 'id', value: ({id}) => id, short: ({id}) => id.slice(-8), piped: true},
  {
    title: 'made',
    value: ({createdAt}) => createdAt,
    short: ({createdAt}) => relativeTime(Date.parse(createdAt), now, zone),
    piped: true
  },
  {title: 'people', value: ({users}) => users.join(', '), piped: true, flexible: true},
  {title: 'files', value: ({files}) => String(files), piped: true},
  {
    title: 'size',
    value: ({bytes}) => String(bytes),
    short: ({bytes}) => `${Math.ceil(bytes / 1024)} KiB`,
    piped: true
  },
  {title: '', value: ({encrypted}) => (encrypted ? 'encrypted' : ''), piped: true},
  {title: 'path', value: ({path}) => path, piped: true, optional: true}
]

export default class BackupList extends MhCommand<typeof BackupList> {
  static override summary = 'Show the backups that you can restore from, newest first'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  override async execute(): Promise<ListedBackup[]> {
    const backups = await listBackups()
    this.say(await printRecords(backups, columns(Date.now(), readSettings().timezone)))
    if (backups.length === 0) this.note('There is no backup yet. mh backup create makes one.')
    return backups
  }
}
