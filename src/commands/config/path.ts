import {MhCommand} from '../../cli/base-command.ts'
import {paths} from '../../core/paths.ts'
import {systemPaths} from '../../core/system-paths.ts'

export default class ConfigPath extends MhCommand<typeof ConfigPath> {
  static override summary = 'Show where the settings are kept'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']
  static override person = 'unneeded' as const

  override async execute(): Promise<{path: string; profile: string | null}> {
    const profile = this.identity === undefined ? null : paths.profile
    this.say(systemPaths.config)
    if (profile !== null) this.note(`Your own are in ${profile}`)
    return {path: systemPaths.config, profile}
  }
}
