import * as Args from '@oclif/core/args'
import {MhCommand} from '../../cli/base-command.ts'
import {showValue} from '../../cli/show-value.ts'
import {readSetting, type SettingValue} from '../../core/config/settings.ts'

export default class ConfigGet extends MhCommand<typeof ConfigGet> {
  static override summary = 'Show one setting'
  static override examples = [
    '<%= config.bin %> <%= command.id %> timezone',
    '<%= config.bin %> <%= command.id %> backupKeep --json'
  ]
  static override person = 'bootstrap' as const
  static override args = {key: Args.string({required: true, ignoreStdin: true, description: 'its key'})}

  override async execute(): Promise<SettingValue> {
    const setting = readSetting(this.args.key)
    this.say(showValue(setting.value))
    return setting
  }
}
