import {MhCommand} from '../../cli/base-command.ts'
import {type ShownMode, showMode} from '../../core/persona/set-mode.ts'

export default class ModeShow extends MhCommand<typeof ModeShow> {
  static override summary = 'Show your cognitive mode'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> -u bob']

  override async execute(): Promise<ShownMode> {
    const shown = await showMode()
    this.say(shown.mode)
    return shown
  }
}
