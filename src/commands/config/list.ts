import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {showValue} from '../../cli/show-value.ts'
import {type Column, printRecords} from '../../cli/table.ts'
import {listSettings, type SettingValue} from '../../core/config/settings.ts'

const COLUMNS: Column<SettingValue>[] = [
  {title: 'key', value: ({key}) => key, piped: true},
  {title: 'value', value: ({value}) => showValue(value), piped: true, flexible: true}
]

const ORIGIN: Column<SettingValue> = {title: 'origin', value: ({origin}) => origin, piped: true}

export default class ConfigList extends MhCommand<typeof ConfigList> {
  static override summary = 'Show the settings: yours, and for administrators those of the data root'
  static override description =
    'The first of these that says something counts: a flag, the environment, your profile, the data root, the default.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --show-origin'
  ]
  static override person = 'bootstrap' as const
  static override flags = {'show-origin': Flags.boolean({summary: 'Say where each value comes from'})}

  override async execute(): Promise<SettingValue[]> {
    const settings = listSettings()
    this.say(await printRecords(settings, this.flags['show-origin'] ? [...COLUMNS, ORIGIN] : COLUMNS))
    return settings
  }
}
