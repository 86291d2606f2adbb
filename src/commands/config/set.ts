import * as Args from '@oclif/core/args'
import {MhCommand} from '../../cli/base-command.ts'
import {showValue} from '../../cli/show-value.ts'
import {type SettingValue, writeSetting} from '../../core/config/settings.ts'

export default class ConfigSet extends MhCommand<typeof ConfigSet> {
  static override summary = 'Change a setting: one of yours, or for administrators one of the data root'
  static override examples = [
    '<%= config.bin %> <%= command.id %> timezone Europe/Berlin',
    '<%= config.bin %> <%= command.id %> editor "code --wait"',
    '<%= config.bin %> <%= command.id %> models.keyGrants \'{"bob": ["OPENAI_API_KEY"]}\''
  ]
  static override person = 'bootstrap' as const
  static override args = {
    key: Args.string({required: true, ignoreStdin: true, description: 'its key'}),
    value: Args.string({required: true, ignoreStdin: true, description: 'the new value'})
  }

  override async execute(): Promise<SettingValue> {
    const setting = await writeSetting(this.args.key, this.args.value)
    this.say(`${setting.key} is ${showValue(setting.value)}`)
    if (setting.origin === 'environment') this.note('The environment says otherwise, and goes before it')
    return setting
  }
}
