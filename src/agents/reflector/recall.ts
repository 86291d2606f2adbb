import type {EpisodicEvent} from '../../core/memory/event.ts'
import {excerptOf, wantedOf} from '../../core/models/sentences.ts'
import {longDate} from '../dates.ts'
import {sharedLabels} from '../thoughts.ts'

interface Place {
  zone: string
  language: string
}

/** In characters. */
const LONGEST_QUOTE = 200

/** A reflection without a language model: the memories in the order of the chain, quoted, with what leads from one to the next. */
export function reflectionOfRecall(chain: readonly EpisodicEvent[], {zone, language}: Place): string {
  const lines = chain.map((memory, at) => {
    const before = chain[at - 1]
    const bridge = before === undefined ? [] : namesOf(sharedLabels([before, memory]))
    const quote = excerptOf(memory.content, wantedOf(bridge.join(' '), language), LONGEST_QUOTE).text
    const when = longDate(Date.parse(memory.timestamp), zone)
    if (before === undefined) return `I come back to ${when}: "${quote}"`
    return bridge.length === 0
      ? `From there to ${when}: "${quote}"`
      : `It leads me, by ${listed(bridge.slice(0, 2))}, to ${when}: "${quote}"`
  })
  const common = namesOf(sharedLabels(chain))
  const end = common.length === 0 ? 'What connects them I cannot name.' : `What comes back in them: ${listed(common)}.`
  return [...lines, end].join('\n')
}

/** The same in one sentence. */
export function summaryOfRecall(chain: readonly EpisodicEvent[], {zone}: Place): string {
  const common = namesOf(sharedLabels(chain))
  const times = chain.map(({timestamp}) => Date.parse(timestamp))
  const [first, last] = [longDate(Math.min(...times), zone), longDate(Math.max(...times), zone)]
  const when = first === last ? `of ${first}` : `from ${first} to ${last}`
  const what = common.length === 0 ? 'No common thread' : listed(common)
  return `${what} in ${chain.length} memories ${when}.`
}

const namesOf = ({tags, entities}: {tags: string[]; entities: string[]}): string[] => [...entities, ...tags].slice(0, 4)

const listed = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
