import * as Args from '@oclif/core/args'
import {MhCommand} from '../../cli/base-command.ts'
import {showSession} from '../../core/chat/sessions.ts'
import type {ShownMemory} from '../../core/memory/memories.ts'

export default class ChatShow extends MhCommand<typeof ChatShow> {
  static override summary = 'Show a conversation that was kept'
  static override description = 'With more than one word behind it, it is a message: mh chat show me what I did'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 9f3a61c2',
    '<%= config.bin %> <%= command.id %> @last --json'
  ]
  static override args = {
    session: Args.string({required: true, ignoreStdin: true, description: 'an id, any unique ending of it, or @last'})
  }

  override async execute(): Promise<{session: string; startedAt: string; turns: ShownMemory[]}> {
    const shown = await showSession(this.args.session)
    for (const {content, response, metadata} of shown.turns) {
      this.say(`> ${content.replaceAll('\n', '\n> ')}\n`)
      if (response !== undefined) this.say(`${response}${metadata.incomplete === true ? ' … (stopped)' : ''}\n`)
    }
    return shown
  }
}
