import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {filterFlags} from '../../cli/memory-flags.ts'
import {printFound} from '../../cli/print-found.ts'
import {atTerminal} from '../../cli/terminal.ts'
import {usageError} from '../../core/errors.ts'
import type {Why} from '../../core/memory/explain.ts'
import {type FoundEvent, type SearchMode, saysNothing, searchMemories} from '../../core/memory/memories.ts'
import {readFilter, readUntil} from '../../core/memory/read-filter.ts'

type Brief = Pick<FoundEvent, 'id' | 'score' | 'timestamp' | 'type' | 'content' | 'tags' | 'path' | 'ranks'> & {
  why?: Why | undefined
}

interface Answer {
  query: string
  mode: SearchMode
  results: Brief[]
  tookMs: number
}

export default class MemorySearch extends MhCommand<typeof MemorySearch> {
  static override summary = 'Find memories that answer a question, best first'
  static override examples = [
    '<%= config.bin %> <%= command.id %> when did I meet Grace',
    '<%= config.bin %> <%= command.id %> coffee --since "last week" -n 3 --json',
    '<%= config.bin %> <%= command.id %> where did we have lunch --explain'
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
    mode: Flags.option({
      options: ['lexical', 'semantic', 'hybrid'] as const,
      summary: 'By words, by meaning, or by both; by both where an embedding model is set'
    })(),
    explain: Flags.boolean({summary: 'Say why each was found: which words, where, and what the score is made of'}),
    superseded: Flags.boolean({summary: 'Show what a later memory says is no longer so, too'}),
    'as-of': Flags.string({summary: 'Answer as of this day', helpValue: '<time in words or ISO>'}),
    ...filterFlags
  }

  override async execute(): Promise<Answer> {
    const query = this.textOf()
    if (query === undefined)
      throw usageError(
        'EMPTY_QUERY',
        'There is nothing to search for',
        `${this.config.bin} remember "what I want to know"`
      )
    const answer = await searchMemories(query, {
      limit: this.flags.number,
      explain: this.flags.explain || atTerminal(1),
      ...(this.flags.mode === undefined ? {} : {mode: this.flags.mode}),
      ...(await readFilter(this.flags)),
      ...(await this.asOf())
    })
    const whys = this.flags.explain ? await this.whysOf(answer) : undefined
    this.say(await printFound(answer.results, whys))
    if (answer.results.length === 0)
      this.note(saysNothing(query) ? 'Nothing found: these words are too common to be searched for.' : 'Nothing found.')
    return {
      ...answer,
      results: answer.results.map((found, i) => ({...brief(found), ...(whys === undefined ? {} : {why: whys[i]})}))
    }
  }

  private async whysOf({query, results}: {query: string; results: FoundEvent[]}): Promise<(Why | undefined)[]> {
    const {whyFound} = await import('../../core/memory/explain.ts')
    return results.map((found) => whyFound(found, query))
  }

  private async asOf(): Promise<{superseded?: boolean; asOf?: number}> {
    const {superseded, 'as-of': day} = this.flags
    return {superseded, ...(day === undefined ? {} : {asOf: await readUntil(day)})}
  }
}

const brief = ({id, score, timestamp, type, content, tags, path, ranks}: FoundEvent): Brief => ({
  id,
  score,
  timestamp,
  type,
  content,
  tags,
  path,
  ...(ranks === undefined ? {} : {ranks})
})
