import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../cli/base-command.ts'
import {usageError} from '../core/errors.ts'
import {quickstart, type Quickstart as Result, resumeQuickstart} from '../core/quickstart.ts'
import {suggestUsername} from '../core/users/suggest-username.ts'
import {checkUsername} from '../core/users/username.ts'

export default class Quickstart extends MhCommand<typeof Quickstart> {
  static override summary = 'Make the first profile, keep a first memory, and ask for it'
  static override description = 'Run again, it changes nothing.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --yes --name ada'
  ]
  static override person = 'bootstrap' as const
  static override flags = {
    name: Flags.string({summary: 'Your username', helpValue: '<username>'}),
    yes: Flags.boolean({
      char: 'y',
      summary: 'Ask nothing; without --name, take the name of your account on this machine'
    })
  }

  override async execute(): Promise<Omit<Result, 'question'>> {
    const result = this.identity === undefined ? await quickstart(await this.username()) : await resumeQuickstart()
    const {user, memory, question, answer, next} = result
    const {name} = this.flags
    if (name !== undefined && name !== user.username)
      this.note(`${user.username} has a profile here already, so none was made for ${name}: mh user create ${name}`)
    this.say(
      [
        this.identity === undefined
          ? `Made the profile of ${user.username} at ${user.profilePath}`
          : `${user.username} has a profile at ${user.profilePath}`,
        `Memory ${memory.id}: ${memory.content}`,
        '',
        question,
        answer,
        '',
        'What to do next:',
        ...next.map((command) => `  ${command}`)
      ].join('\n')
    )
    return {user, memory, answer, next}
  }

  private async username(): Promise<string> {
    const {name, yes} = this.flags
    if (name !== undefined) return name
    const suggested = suggestUsername()
    if (yes && suggested !== undefined) return suggested
    if (!this.mayAsk)
      throw usageError(
        'USERNAME_MISSING',
        'The username is missing, and nobody can be asked',
        'mh quickstart --yes --name <username>'
      )
    const {ask} = await import('../cli/prompts.ts')
    return ask('Your username', suggested, problemOf)
  }
}

function problemOf(name: string): string | undefined {
  try {
    checkUsername(name)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}
