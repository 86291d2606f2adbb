import {MhError} from '../errors.ts'
import {tokenize} from '../memory/text/tokenize.ts'
import type {ChatPart, ChatRequest, Engine, GivenMemory} from './engine.ts'
import {RECALL} from './resolve.ts'

const LONGEST_QUOTE = 320
const NO_USAGE = {tokensIn: 0, tokensOut: 0}

/**
 * The built-in engine: no language model. It answers by quoting the memories that it is given, with their dates, and says so;
 * every other word of its answer is fixed. The same memories and question give the same answer.
 * @param modelSet true where a model would have answered, had recall not been asked for
 */
export const recallEngine = (modelSet: boolean): Engine => ({
  name: RECALL,
  model: null,
  local: true,

  async *chat({messages, memories, zone, language}: ChatRequest): AsyncGenerator<ChatPart> {
    const question = messages.at(-1)?.content ?? ''
    yield {type: 'text', text: memories.length === 0 ? nothingFound(modelSet) : opening(modelSet, memories.length)}
    const wanted = new Set(tokenize(question, language))
    for (const [index, memory] of memories.entries()) {
      yield {
        type: 'text',
        text: `\n[${index + 1}] ${dateOf(memory.timestamp, zone)}: ${quote(memory, wanted, language)}`
      }
    }
    yield {type: 'end', usage: NO_USAGE}
  },
  async object() {
    throw needsModel('give structured output')
  },
  async embed() {
    throw needsModel('make embeddings')
  }
})

const why = (modelSet: boolean): string =>
  modelSet ? 'Recall, which is not a language model, was asked' : 'No language model is set'

const opening = (modelSet: boolean, count: number): string =>
  `${why(modelSet)}, so this quotes ${count === 1 ? 'the memory that fits' : 'the memories that fit'} best:`

const nothingFound = (modelSet: boolean): string =>
  `I found nothing about that in your memories. ${why(modelSet)}, so I can only quote what was captured.`

const needsModel = (what: string): MhError =>
  new MhError('NO_MODEL', `Recall is not a language model and cannot ${what}`, {
    exitCode: 6,
    httpStatus: 502,
    hint: 'Set a model in etc/models.json'
  })

const dateOf = (timestamp: string, zone: string): string =>
  new Intl.DateTimeFormat('en-GB', {dateStyle: 'long', timeZone: zone}).format(Date.parse(timestamp))

const quote = ({content, response}: GivenMemory, wanted: ReadonlySet<string>, language: string): string => {
  const said = `"${excerpt(content, wanted, language)}"`
  return response === undefined ? said : `${said} (answered: "${excerpt(response, wanted, language)}")`
}

/** The text on one line; of a long one the run of sentences, at most 320 characters, that has most of the question's words. */
function excerpt(text: string, wanted: ReadonlySet<string>, language: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  if (line.length <= LONGEST_QUOTE) return line
  const sentences = line.match(/[^.!?。！？]+[.!?。！？]*\s*/g) ?? [line]
  const scores = sentences.map(
    (sentence) => new Set(tokenize(sentence, language).filter((term) => wanted.has(term))).size
  )
  let best = {from: 0, to: 1, score: -1}
  for (let from = 0; from < sentences.length; from++) {
    let length = 0
    let score = 0
    for (let to = from; to < sentences.length; to++) {
      length += sentences[to]?.length ?? 0
      if (to > from && length > LONGEST_QUOTE) break
      score += scores[to] ?? 0
      if (score > best.score) best = {from, to: to + 1, score}
    }
  }
  const run = sentences.slice(best.from, best.to).join('').trim()
  const cut = run.length > LONGEST_QUOTE ? `${run.slice(0, run.lastIndexOf(' ', LONGEST_QUOTE))} …` : run
  return `${best.from > 0 ? '… ' : ''}${cut}${best.to < sentences.length && cut === run ? ' …' : ''}`
}
