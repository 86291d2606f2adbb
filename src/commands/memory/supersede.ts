import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {usageError} from '../../core/errors.ts'
import type {ShownMemory} from '../../core/memory/memories.ts'
import {readMoment} from '../../core/memory/read-filter.ts'
import {supersedeMemory} from '../../core/memory/supersede.ts'

export default class MemorySupersede extends MhCommand<typeof MemorySupersede> {
  static override summary = 'Keep a fact that has changed, linked to what it replaces'
  static override description =
    'The old memory stays, but search and chat leave it out; --superseded and --as-of of mh memory search show it.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 9f3a61c2 Grace lives in Porto now',
    '<%= config.bin %> <%= command.id %> @last "It was 130 euros" --json'
  ]
  static override strict = false
  static override args = {
    id: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'the old memory: an id, any unique ending of it, or @last'
    }),
    text: Args.string({ignoreStdin: true, description: 'what is so now; "-" is standard input'})
  }
  static override flags = {
    at: Flags.string({summary: 'Since when (now where it is missing)', helpValue: '<time in words or ISO>'}),
    tag: Flags.string({
      char: 't',
      multiple: true,
      multipleNonGreedy: true,
      summary: 'A tag in place of the old ones; may be repeated',
      helpValue: '<tag>'
    })
  }

  override async execute(): Promise<ShownMemory> {
    const content = this.textOf(this.words.slice(1))
    if (content === undefined)
      throw usageError('EMPTY_CAPTURE', 'Nothing says what is so now', 'mh memory supersede <id> "what is so now"')
    const {at, tag} = this.flags
    const memory = await supersedeMemory(this.args.id, {
      content,
      ...(tag === undefined ? {} : {tags: tag}),
      ...(at === undefined ? {} : {timestamp: await readMoment(at)})
    })
    this.say(`Captured ${memory.id}, which supersedes ${memory.links.at(-1)?.target}`)
    return memory
  }
}
