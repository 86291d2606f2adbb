import {trailStore} from '../audit/trail-store.ts'
import {requireUserContext} from '../context.ts'
import {isObject} from '../json.ts'
import {memoryStore} from '../memory/memories.ts'
import {requireUser} from '../users/accounts.ts'

/** So many of the newest memories are looked at for one that no agent made. */
const NEWEST = 20

/**
 * When the current person last did something themselves: the newest entry of their trail, or the newest memory, that no agent made.
 * What they only read leaves no trace, and counts for nothing.
 * @param now later times are not believed: a memory may be captured for a day to come
 * @returns milliseconds since 1970; undefined where there is nothing
 */
export async function lastActivity(now: number): Promise<number | undefined> {
  const times = [await latestEntry(), await newestMemory(now)].filter((time) => time !== undefined && time <= now)
  return times.length === 0 ? undefined : Math.max(...(times as number[]))
}

/** The trail's end holds the latest that a person did, unless their agents were very busy since. */
async function latestEntry(): Promise<number | undefined> {
  const {username} = requireUserContext('The audit trail')
  const store = trailStore()
  for (const line of await store.latest(store.of(await requireUser(username)))) {
    const entry = parsed(line)
    // Everything that an agent's turn writes carries the run.
    if (!isObject(entry) || entry.actor !== username || (isObject(entry.details) && 'run' in entry.details)) continue
    const time = Date.parse(String(entry.timestamp))
    if (!Number.isNaN(time)) return time
  }
  return undefined
}

async function newestMemory(now: number): Promise<number | undefined> {
  const memories = await memoryStore().list({filter: {until: now}, limit: NEWEST})
  const own = memories.find(({event: {metadata}}) => metadata.run === undefined && metadata.import === undefined)
  return own === undefined ? undefined : Date.parse(own.event.timestamp)
}

/** The first line of a tail is seldom whole. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
