import type {EpisodicEvent} from '../memory/event.ts'
import type {CognitiveMode} from '../persona/mode.ts'
import {localTime} from '../time.ts'

/** One exchange: what is asked, and what the persona should answer. */
export interface Exchange {
  user: string
  assistant: string
}

/** What becomes one example, or several where it is too long for one. */
export interface Dialogue {
  /** The session, or the memory, that it comes from. What has one source never stands on both sides of a split. */
  source: string
  mode: CognitiveMode
  /** Whether it was held, or a memory stands as the answer to a question that nobody asked. */
  held: boolean
  exchanges: Exchange[]
}

/** The mode that a memory was made in. One without any counts as dual, an unknown one as emulation. */
export function modeOf({metadata}: Pick<EpisodicEvent, 'metadata'>): CognitiveMode {
  const {cognitiveMode: mode} = metadata
  return mode === undefined || mode === null || mode === 'dual' ? 'dual' : mode === 'agent' ? 'agent' : 'emulation'
}

/**
 * The dialogues that memories make, in the order of their first ones: the turns of a session together, every other memory as the
 * answer to a question about its moment.
 * @param memories oldest first
 * @param zone IANA name of the person's zone: dates in the questions are told in it
 */
export function dialoguesOf(memories: readonly EpisodicEvent[], zone: string): Dialogue[] {
  const sessions = new Map<string, Dialogue>()
  const dialogues: Dialogue[] = []
  for (const memory of memories) {
    const mode = modeOf(memory)
    const {response} = memory
    if (response === undefined || response.trim() === '') {
      const exchange = {user: questionFor(memory, zone), assistant: memory.content.trim()}
      dialogues.push({source: memory.id, mode, held: false, exchanges: [exchange]})
      continue
    }
    const exchange = {user: memory.content.trim(), assistant: response.trim()}
    const session = memory.metadata.sessionId ?? memory.id
    // A conversation may go on in another mode; its turns then teach each mode for itself.
    const known = sessions.get(`${mode} ${session}`)
    if (known !== undefined) known.exchanges.push(exchange)
    else {
      const dialogue = {source: session, mode, held: true, exchanges: [exchange]}
      sessions.set(`${mode} ${session}`, dialogue)
      dialogues.push(dialogue)
    }
  }
  return dialogues
}

/** What a person would have asked to be answered with that memory. */
function questionFor({type, timestamp, tags}: EpisodicEvent, zone: string): string {
  const when = momentOf(Date.parse(timestamp), zone)
  const about = tags.length === 0 ? '' : ` about ${tags.slice(0, 3).join(', ')}`
  switch (type) {
    case 'journal':
      return `Write your journal for ${when}.`
    case 'dream':
      return `What did you dream before ${when}?`
    case 'reflection':
    case 'inner_dialogue':
      return `What was on your mind${about} on ${when}?`
    case 'summary':
    case 'reflection_summary':
      return `Sum up what you thought${about} on ${when}.`
    case 'action':
      return `What did you do${about} on ${when}?`
    default:
      return `What do you remember${about} from ${when}?`
  }
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ')

/** "3 May 2026 at 17:30". Not by Intl: what a month is called there depends on the version of Node, and an export is the same everywhere. */
function momentOf(at: number, zone: string): string {
  const [date = '', time = ''] = localTime(at, zone).split(' ')
  const [year = '', month = '', day = ''] = date.split('-')
  return `${Number(day)} ${MONTHS[Number(month) - 1]} ${year} at ${time}`
}
