import {MhError, usageError} from '../errors.ts'
import {uuids} from '../ids.ts'
import {readSettings} from '../settings.ts'
import {parseTime} from '../time.ts'
import {requirePermission} from '../users/permissions.ts'
import {addInTurn, type Next} from './add-in-turn.ts'
import type {EpisodicEvent} from './event.ts'
import {memoryStore, type NewMemory, newEvent} from './memories.ts'
import {formatChecked} from './read-file.ts'
import type {Added} from './store.ts'

export interface BatchOptions {
  /** Lines that begin with { are text like all others. */
  plain?: boolean
  /** What every line without a value of its own gets. */
  defaults?: Pick<NewMemory, 'type' | 'tags' | 'importance' | 'timestamp' | 'private'>
  /** Told after each chunk that is durable. */
  onProgress?: (done: {captured: number; ids: readonly string[]}) => void
}

export interface BatchResult {
  captured: number
  ids: string[]
  skipped: number
  failed: {line: number; reason: string}[]
}

interface Line {
  number: number
  event: EpisodicEvent
}

/** So many memories share one fsync of their folders, one audit entry and one transaction. */
const CHUNK = 512

/**
 * Captures one memory a line, as the lines come; a line that could not even be read comes as the reason. A bad line stops nothing: it is told with its number, which counts from 1.
 * An id that is there already is skipped where the content is the same, and fails where it is not.
 */
export async function captureBatch(
  lines: AsyncIterable<string | {reason: string}>,
  options: BatchOptions = {}
): Promise<BatchResult> {
  requirePermission('capture')
  const store = memoryStore()
  // A look at the folders first, so that ids are compared with what other tools added too.
  await store.counts()
  const zone = readSettings().timezone
  const result: BatchResult = {captured: 0, ids: [], skipped: 0, failed: []}
  let waiting: Line[] = []
  const flush = async (next: Next): Promise<void> => {
    const chunk = waiting
    waiting = []
    if (chunk.length === 0) return
    await next(
      chunk.map(({event}) => event),
      async (prepared) => {
        const added = await prepared.add((events) => ({
          category: 'data',
          event: 'memories_captured',
          details: {count: events.length, first: events[0]?.id, last: events.at(-1)?.id}
        }))
        const ids = note(result, chunk, added)
        options.onProgress?.({captured: result.captured, ids})
      }
    )
  }
  await addInTurn(store, async (next) => {
    let number = 0
    for await (const text of lines) {
      number++
      if (typeof text !== 'string') {
        result.failed.push({line: number, reason: text.reason})
        continue
      }
      if (text.trim() === '') continue
      try {
        waiting.push({number, event: await readLine(text, options, zone)})
      } catch (error) {
        if (!(error instanceof MhError)) throw error
        result.failed.push({line: number, reason: error.message})
      }
      if (waiting.length >= CHUNK) await flush(next)
    }
    await flush(next)
  })
  result.failed.sort((a, b) => a.line - b.line)
  return result
}

/** Notes in the result what became of the lines. @returns the ids of those that were captured */
function note(result: BatchResult, chunk: readonly Line[], added: readonly Added[]): string[] {
  const ids: string[] = []
  for (const [index, one] of added.entries()) {
    const line = chunk[index]
    if (line === undefined) continue
    if ('memory' in one) ids.push(line.event.id)
    else if (sameContent(one.existing, line.event)) result.skipped++
    else result.failed.push({line: line.number, reason: `the id ${line.event.id} belongs to another memory`})
  }
  result.captured += ids.length
  result.ids.push(...ids)
  return ids
}

const sameContent = (a: EpisodicEvent, b: EpisodicEvent): boolean =>
  a.content === b.content && a.response === b.response

async function readLine(text: string, {plain, defaults}: BatchOptions, zone: string): Promise<EpisodicEvent> {
  if (plain === true || !text.startsWith('{')) return newEvent({...defaults, content: text}, nextId())
  const {batchLine} = await import('./batch-line.ts')
  const {id, at, timestamp, metadata, ...given} = batchLine(text)
  const when = timestamp ?? (at === undefined ? undefined : new Date((await parseTime(at, zone)).at).toISOString())
  const event = newEvent(
    {
      ...defaults,
      ...given,
      ...(given.tags === undefined && defaults?.tags === undefined
        ? {}
        : {tags: [...(defaults?.tags ?? []), ...(given.tags ?? [])]}),
      ...(when === undefined ? {} : {timestamp: when}),
      ...(metadata === undefined ? {} : {metadata})
    },
    id ?? nextId()
  )
  // A record that cannot be written, too large or nested beyond all measure, is this line's failure and not the whole chunk's.
  try {
    formatChecked(event)
  } catch (error) {
    throw error instanceof MhError
      ? error
      : usageError('INVALID_LINE', `the record cannot be written: ${(error as Error).message}`)
  }
  return event
}

let ids: string[] = []

/** Ids are made by the hundred: the kernel is asked for random bytes once for all of them. They rise in the order of the lines. */
function nextId(): string {
  if (ids.length === 0) ids = uuids(CHUNK).reverse()
  return `evt-${ids.pop()}`
}
