import {MhError} from '../errors.ts'
import {tokenize} from '../memory/text/tokenize.ts'
import type {ChatPart, ChatRequest, Engine, GivenMemory} from './engine.ts'
import {RECALL} from './resolve.ts'
import {excerptOf, type Wanted, wantedOf} from './sentences.ts'
import {timesMeant} from './times-meant.ts'

const LONGEST_QUOTE = 320
const NO_USAGE = {tokensIn: 0, tokensOut: 0}

/**
 * The built-in engine: no language model. It answers by quoting of the memories that it is given the sentences that answer, with
 * their dates, and says so; every other word of its answer is fixed. The same memories and question give the same answer.
 * @param modelSet true where a model would have answered, had recall not been asked for
 */
export const recallEngine = (modelSet: boolean): Engine => ({
  name: RECALL,
  model: null,
  local: true,
  mayHavePrivate: true,

  async *chat({messages, memories, nearerWords = [], zone, language}: ChatRequest): AsyncGenerator<ChatPart> {
    const wanted = wantedOf(messages.at(-1)?.content ?? '', language)
    const groups = sameEvents(memories, zone, language)
    yield {
      type: 'text',
      text: groups.length === 0 ? nothingFound(modelSet, nearerWords) : opening(modelSet, groups, wanted)
    }
    for (const group of groups)
      for (const [at, one] of group.entries())
        yield {type: 'text', text: `\n${await quoteLine(one, at > 0, zone, wanted)}`}
    yield {type: 'end', usage: NO_USAGE}
  },
  async object() {
    throw needsModel('give structured output')
  },
  async embed() {
    throw needsModel('make embeddings')
  }
})

/** A memory with the number by which it is cited. */
interface Numbered {
  n: number
  memory: GivenMemory
  terms: ReadonlySet<string>
}

const why = (modelSet: boolean): string =>
  modelSet ? 'Recall, which is not a language model, was asked' : 'No language model is set'

function opening(modelSet: boolean, groups: readonly Numbered[][], {kinds, yesNo}: Wanted): string {
  const one = groups.length === 1 && groups[0]?.length === 1
  const fits = one ? 'the memory that fits' : 'the memories that fit'
  const so = `${why(modelSet)}, so this quotes ${fits} best`
  if (yesNo) return `${so}; whether that is a yes or a no is for you to say:`
  if (kinds?.many && groups.length > 1) return `${so}, of ${groups.length} occasions:`
  return `${so}:`
}

function nothingFound(modelSet: boolean, nearerWords: readonly string[]): string {
  const near = nearerWords.length === 0 ? '' : ` Your memories have words that are near: ${nearerWords.join(', ')}.`
  return `I found nothing about that in your memories. ${why(modelSet)}, so I can only quote what was captured.${near}`
}

const needsModel = (what: string): MhError =>
  new MhError('NO_MODEL', `Recall is not a language model and cannot ${what}`, {
    exitCode: 6,
    httpStatus: 502,
    hint: 'Set a model: mh model discover, mh model use'
  })

/** Of two notes of one day that share at least so much of the shorter one's words, both tell of the same event. */
const SAME = 0.6

/** The memories, those of the same event together, in the order of the first of each. */
function sameEvents(memories: readonly GivenMemory[], zone: string, language: string): Numbered[][] {
  const groups: {day: string; members: Numbered[]}[] = []
  for (const [index, memory] of memories.entries()) {
    const one: Numbered = {n: index + 1, memory, terms: new Set(tokenize(memory.content, language))}
    const day = dateOf(memory.timestamp, zone)
    const group = groups.find(
      (other) => other.day === day && other.members.some((member) => alike(member.terms, one.terms))
    )
    if (group === undefined) groups.push({day, members: [one]})
    else group.members.push(one)
  }
  return groups.map(({members}) => members)
}

function alike(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const shared = [...a].filter((term) => b.has(term)).length
  return shared >= 2 && shared >= SAME * Math.min(a.size, b.size)
}

/** What tells of the same event stands below it, without the date again. */
async function quoteLine({n, memory}: Numbered, again: boolean, zone: string, wanted: Wanted): Promise<string> {
  const when = again ? `    and [${n}]` : `[${n}] ${dateOf(memory.timestamp, zone)}:`
  const {content, timestamp, response} = memory
  const said = excerptOf(content, wanted, LONGEST_QUOTE).text
  const times = wanted.kinds?.when ? await timesMeant(said, Date.parse(timestamp), zone) : []
  const meant = times.length === 0 ? '' : ` (${times.join('; ')})`
  const answered = response === undefined ? '' : ` (answered: "${excerptOf(response, wanted, LONGEST_QUOTE).text}")`
  return `${when} "${said}"${meant}${answered}`
}

const dateOf = (timestamp: string, zone: string): string =>
  new Intl.DateTimeFormat('en-GB', {dateStyle: 'long', timeZone: zone}).format(Date.parse(timestamp))
