import * as Args from '@oclif/core/args'
import {MhCommand} from '../../cli/base-command.ts'
import {showValue} from '../../cli/show-value.ts'
import {type SettingValue, unsetSetting} from '../../core/config/settings.ts'

export default class ConfigUnset extends MhCommand<typeof ConfigUnset> {
  static override summary = 'Take a setting away, so that the data root or the default counts'
  static override examples = [
    '<%= config.bin %> <%= command.id %> editor',
    '<%= config.bin %> <%= command.id %> backupKeep --json'
  ]
  static override person = 'bootstrap' as const
  static override args = {key: Args.string({required: true, ignoreStdin: true, description: 'its key'})}

  override async execute(): Promise<SettingValue> {
    const setting = await unsetSetting(this.args.key)
    this.say(`${setting.key} is ${showValue(setting.value) || 'not set'} (${setting.origin})`)
    return setting
  }
}
