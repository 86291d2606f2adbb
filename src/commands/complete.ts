import * as Args from '@oclif/core/args'
import {MhCommand} from '../cli/base-command.ts'
import {complete} from '../cli/complete.ts'
import type {Candidate} from '../cli/complete-values.ts'
import {enterContext} from '../core/backend.ts'
import {noteAssumedRead} from '../core/change.ts'
import {identify} from '../core/users/identify.ts'

export default class Complete extends MhCommand<typeof Complete> {
  static override summary = 'Tell a shell what the last word of a line may become'
  static override description =
    'What `mh autocomplete` sets up calls this at every Tab. It prints a candidate a line, with a tab and a remark behind it, and is silent where something is wrong.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> -- memory sh',
    '<%= config.bin %> <%= command.id %> --json -- task list --status ""'
  ]
  static override hidden = true
  static override person = 'optional' as const
  static override recovers = false
  static override strict = false
  static override args = {words: Args.string({ignoreStdin: true, description: 'what stands on the line behind mh'})}

  override async execute(): Promise<{candidates: Candidate[]}> {
    const candidates = await this.candidates()
    this.say(candidates.map(({value, about}) => `${value}\t${about}`).join('\n'))
    return {candidates}
  }

  /** As the person that the line names, where it names one. A Tab must never print an error. */
  private async candidates(): Promise<Candidate[]> {
    try {
      const named = personIn(this.words.slice(0, -1))
      if (named === undefined) return await complete(this.words, this.config)
      return await enterContext((await identify(named)).context, async () => {
        await noteAssumedRead()
        return complete(this.words, this.config)
      })
    } catch {
      return []
    }
  }
}

/** Whom "-u bob", "-ubob", "--user bob" or "--user=bob" names, the last of them. */
function personIn(words: readonly string[]): string | undefined {
  const at = words.findLastIndex((word) => /^(?:-u|--user$|--user=)/.test(word))
  return at === -1 ? undefined : words[at]?.replace(/^(?:-u|--user=?)/, '') || words[at + 1]
}
