import * as Args from '@oclif/core/args'
import {MhCommand} from '../../cli/base-command.ts'
import {setTrust, showTrust} from '../../core/persona/change.ts'
import type {TrustLevel} from '../../core/persona/value.ts'

export default class PersonaTrust extends MhCommand<typeof PersonaTrust> {
  static override summary = "Show or set what a model's tools may do by themselves"
  static override description = `observe          they read: memories and tasks
suggest          and ask before they write (nobody there to be asked: they cannot write)
supervised_auto  and capture and add tasks without asking, each shown
bounded_auto     and change tasks without asking`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> supervised_auto'
  ]
  static override args = {
    level: Args.string({ignoreStdin: true, description: 'observe, suggest, supervised_auto or bounded_auto'})
  }

  override async execute(): Promise<{trust: TrustLevel}> {
    const {level} = this.args
    const result = level === undefined ? await showTrust() : await setTrust(level)
    this.say(level === undefined ? result.trust : `The trust level is ${result.trust} now`)
    return result
  }
}
