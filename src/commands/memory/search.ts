import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {filterFlags, readFilter, readUntil} from '../../cli/memory-flags.ts'
import {printFound} from '../../cli/memory-table.ts'
import {readText} from '../../cli/read-input.ts'
import {usageError} from '../../core/errors.ts'
import {type SearchAnswer, searchMemories} from '../../core/memory/memories.ts'

interface Answer {
  query: string
  results: Pick<SearchAnswer['results'][number], 'id' | 'score' | 'timestamp' | 'type' | 'content' | 'tags' | 'path'>[]
  tookMs: number
}

export default class MemorySearch extends MhCommand<typeof MemorySearch> {
  static override summary = 'Find memories that answer a question, best first'
  static override examples = [
    '<%= config.bin %> <%= command.id %> when did I meet Grace',
    '<%= config.bin %> <%= command.id %> coffee --since "last week" -n 3 --json'
  ]
  static override strict = false
  static override args = {
    query: Args.string({ignoreStdin: true, description: 'what you want to know; "-" is standard input'})
  }
  static override flags = {
    number: Flags.integer({
      char: 'n',
      min: 1,
      max: 500,
      default: 10,
      summary: 'At most so many',
      helpValue: '<number>'
    }),
    superseded: Flags.boolean({summary: 'Show what a later memory says is no longer so, too'}),
    'as-of': Flags.string({summary: 'Answer as of this day', helpValue: '<time in words or ISO>'}),
    ...filterFlags
  }

  override async execute(): Promise<Answer> {
    const query = readText(this.words)
    if (query === undefined)
      throw usageError(
        'EMPTY_QUERY',
        'There is nothing to search for',
        `${this.config.bin} remember "what I want to know"`
      )
    const answer = await searchMemories(query, {
      limit: this.flags.number,
      ...(await readFilter(this.flags)),
      ...(await this.asOf())
    })
    this.say(await printFound(answer.results))
    if (answer.results.length === 0) this.note('Nothing found.')
    return {
      ...answer,
      results: answer.results.map(({id, score, timestamp, type, content, tags, path}) => ({
        id,
        score,
        timestamp,
        type,
        content,
        tags,
        path
      }))
    }
  }

  private async asOf(): Promise<{superseded?: boolean; asOf?: number}> {
    const {superseded, 'as-of': day} = this.flags
    return {superseded, ...(day === undefined ? {} : {asOf: await readUntil(day)})}
  }
}
