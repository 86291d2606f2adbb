import * as Args from '@oclif/core/args'
import {Help as CommandHelp} from '@oclif/core/help'
import {MhCommand} from '../cli/base-command.ts'
import {notFound} from '../core/errors.ts'
import {alternatives, nearest} from '../core/nearest.ts'

interface Topic {
  command: string
  summary: string
}

export default class Help extends MhCommand<typeof Help> {
  static override summary = 'Explain mh, a topic or a command'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> memory list',
    '<%= config.bin %> <%= command.id %> user --json'
  ]
  static override person = 'optional' as const
  static override strict = false
  static override args = {command: Args.string({ignoreStdin: true, description: 'a command or topic'})}

  override async execute(): Promise<{commands: Topic[]}> {
    const id = this.words.join(':')
    const commands = this.config.commands.filter(
      (command) => id === '' || command.id === id || command.id.startsWith(`${id}:`)
    )
    if (commands.length === 0) {
      const near = nearest(id, [...this.config.commandIDs, ...this.config.topics.map(({name}) => name)]).map(
        (other) => `mh help ${other.replaceAll(':', ' ')}`
      )
      throw notFound(
        'COMMAND_NOT_FOUND',
        `There is no command ${JSON.stringify(this.words.join(' '))}`,
        near.length > 0 ? `Did you mean ${alternatives(near)}?` : 'mh help shows all'
      )
    }
    if (!this.jsonEnabled())
      await new CommandHelp(this.config, this.config.pjson.oclif.helpOptions).showHelp(this.words)
    return {
      commands: commands.map((command) => ({command: command.id.replaceAll(':', ' '), summary: command.summary ?? ''}))
    }
  }
}
