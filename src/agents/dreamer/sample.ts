import {readDocument} from '../../core/documents.ts'
import type {EpisodicEvent} from '../../core/memory/event.ts'
import {makerOf} from '../../core/memory/provenance.ts'
import {DAY_MS, startOfDay} from '../../core/time.ts'
import type {AgentContext} from '../agent.ts'
import {weighted} from '../random.ts'
import {isThought} from '../thoughts.ts'

/** A dream needs so many memories. */
export const FEWEST = 3
const MOST = 15
const WEEK_MS = 7 * DAY_MS
/** Of a week with more, the newest. */
const POOL = 500
/** What is important weighs more; nothing weighs nothing. */
const LEAST_WEIGHT = 0.2
/** Where etc/sleep.json does not say. */
const DREAMS_A_NIGHT = 3
const NOON_MS = DAY_MS / 2

/** How many dreams the night at hand may still have. A night is from noon to noon in the person's zone. */
export async function dreamsLeft({memories, now, zone}: AgentContext): Promise<{left: number; most: number}> {
  const {maxDreamsPerNight} = readDocument('sleep') ?? {}
  const most =
    typeof maxDreamsPerNight === 'number' && maxDreamsPerNight >= 0 ? Math.floor(maxDreamsPerNight) : DREAMS_A_NIGHT
  const noon = startOfDay(now() - NOON_MS, zone) + NOON_MS
  const dreams = await memories.list({type: 'dream', since: noon, limit: 500, withPrivate: true})
  return {left: most - dreams.filter((memory) => makerOf(memory) === 'dreamer').length, most}
}

/** Up to 15 memories of the last seven days, recent and important ones rather than others, in the order in which they happened. */
export async function sampleOfWeek({
  memories,
  now,
  random
}: Pick<AgentContext, 'memories' | 'now' | 'random'>): Promise<EpisodicEvent[]> {
  const week = await memories.list({
    since: now() - WEEK_MS,
    until: now(),
    current: Number.MAX_SAFE_INTEGER,
    limit: POOL
  })
  const left = new Set(week.filter((memory) => !isThought(memory)))
  const weight = ({importance, timestamp}: EpisodicEvent): number =>
    (LEAST_WEIGHT + Math.max(0, importance)) * Math.exp(-(now() - Date.parse(timestamp)) / WEEK_MS)
  const sample: EpisodicEvent[] = []
  for (let next = weighted([...left], weight, random); next !== undefined && sample.length < MOST; ) {
    sample.push(next)
    left.delete(next)
    next = weighted([...left], weight, random)
  }
  return sample.sort((a, b) => (a.timestamp < b.timestamp ? -1 : 1))
}
