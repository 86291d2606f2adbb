import {setImmediate} from 'node:timers/promises'
import {requireUserContext} from '../../context.ts'
import {MhError} from '../../errors.ts'
import {isObject} from '../../json.ts'
import {readSettings} from '../../settings.ts'
import {requirePermission} from '../../users/permissions.ts'
import {addInTurn, type Next} from '../add-in-turn.ts'
import type {EpisodicEvent} from '../event.ts'
import {memoryStore} from '../memories.ts'
import {formatChecked} from '../read-file.ts'
import type {MemoryStore, Prepared} from '../store.ts'
import type {ImportFormat} from './formats.ts'
import {type Found, hashOf, type Importing} from './found.ts'
import {readSource} from './read-source.ts'

export interface ImportOptions {
  /** Undefined where each file is asked what it is. */
  format?: ImportFormat
  /** Reads everything and writes nothing. */
  dryRun?: boolean
  /** Told after each chunk how many records were seen, and how far that is, 0 to 1. */
  onProgress?: (records: number, fraction: number) => void
  /** Ends the import after the chunk at hand. */
  signal?: AbortSignal
}

export interface ImportResult {
  imported: number
  /** Those that are here already, in the trash included. */
  skipped: number
  failed: {source: string; reason: string}[]
  /** How many of those that were skipped are in the trash. */
  inTrash: number
  /** Files that are no memories, by their ending: {".png": 12}. */
  leftOut: Record<string, number>
}

interface Waiting {
  source: string
  event: EpisodicEvent
}

/** So many memories share one fsync of their folders, one audit entry and one transaction. */
const CHUNK = 512
/** Long notes are written earlier, so that memory holds few of them. In characters. */
const CHUNK_LENGTH = 8 * 1024 * 1024

/**
 * Imports what other tools and mh itself wrote, as the current person's memories. What is here already is skipped, and so is
 * what was deleted and is still in the trash: running it twice adds nothing twice, also where the first run was killed, and
 * where a memory was edited since. What cannot be read is told and stops nothing.
 * @param sources paths, or "-" for standard input
 * @throws MhError NOT_ALLOWED_IN_MODE, NOT_ALLOWED_FOR_ROLE, PATH_NOT_ALLOWED (exit 4), INTERRUPTED (exit 130) with what was done
 */
export async function importMemories(sources: readonly string[], options: ImportOptions = {}): Promise<ImportResult> {
  requirePermission('import')
  const {format, onProgress, signal} = options
  const who: Importing = {
    userId: requireUserContext('Memories').userId,
    zone: readSettings().timezone,
    format,
    progress: {fraction: 0},
    ...(signal === undefined ? {} : {signal})
  }
  const store = memoryStore()
  const run = new ImportRun(store, await store.trashedIds(), options.dryRun === true)
  const tell = (index: number): void =>
    onProgress?.(run.seen, Math.min(1, (index + who.progress.fraction) / sources.length))
  try {
    await addInTurn(store, async (next) => {
      for (const [index, source] of sources.entries()) {
        who.progress.fraction = 0
        for await (const found of readSource(who, source)) {
          signal?.throwIfAborted()
          if (await run.take(found, next)) tell(index)
        }
      }
      await run.flush(next)
    })
  } catch (error) {
    throw signal?.aborted ? interrupted(run.result) : error
  }
  tell(sources.length)
  return run.result
}

class ImportRun {
  readonly result: ImportResult = {imported: 0, skipped: 0, failed: [], inTrash: 0, leftOut: {}}
  seen = 0
  private readonly store: MemoryStore
  private readonly trashed: ReadonlySet<string>
  private readonly dryRun: boolean
  /** What a dry run would have added by now. Hashes, for all of it together is more than can be held. */
  private readonly planned = new Map<string, {text: string; origin: unknown}>()
  private waiting: Waiting[] = []
  private length = 0

  constructor(store: MemoryStore, trashed: ReadonlySet<string>, dryRun: boolean) {
    this.store = store
    this.trashed = trashed
    this.dryRun = dryRun
  }

  /** @returns whether a chunk was written */
  async take(found: Found, next: Next): Promise<boolean> {
    if ('leftOut' in found) {
      this.result.leftOut[found.leftOut] = (this.result.leftOut[found.leftOut] ?? 0) + 1
      return false
    }
    this.seen++
    const reason = 'reason' in found ? found.reason : unwritableRecord(found.event)
    if (reason !== undefined) this.fail(found.source, reason)
    else if ('event' in found) {
      this.waiting.push(found)
      this.length += found.event.content.length + (found.event.response?.length ?? 0)
    }
    if (this.waiting.length < CHUNK && this.length < CHUNK_LENGTH) return false
    await this.flush(next)
    return true
  }

  async flush(next: Next): Promise<void> {
    const chunk = this.waiting
    this.waiting = []
    this.length = 0
    const there = new Map(
      (await this.store.getAll(chunk.map(({event}) => event.id))).map(({event}) => [event.id, event])
    )
    const fresh: Waiting[] = []
    for (const record of chunk) {
      const {id} = record.event
      const existing = there.get(id)
      const planned = this.planned.get(id)
      if (existing !== undefined) await this.compare(record, existing)
      else if (planned !== undefined) {
        const {text, origin} = marksOf(record.event)
        this.tell(record, text === planned.text || (origin !== undefined && origin === planned.origin))
      } else if (this.trashed.has(id)) {
        this.result.skipped++
        this.result.inTrash++
      } else {
        fresh.push(record)
        if (this.dryRun) this.planned.set(id, marksOf(record.event))
      }
    }
    if (this.dryRun) this.result.imported += fresh.length
    else if (fresh.length > 0)
      await next(
        fresh.map(({event}) => event),
        (prepared) => this.add(fresh, prepared)
      )
    // Files may have been read without a pause: signals and timers have their turn here.
    await setImmediate()
  }

  private async add(records: readonly Waiting[], prepared: Prepared): Promise<void> {
    try {
      const added = await prepared.add((events) => ({
        category: 'data',
        event: 'memories_imported',
        details: {count: events.length, first: events[0]?.id, last: events.at(-1)?.id}
      }))
      for (const [index, one] of added.entries()) {
        const record = records[index]
        if ('memory' in one) this.result.imported++
        else if (record !== undefined) await this.compare(record, one.existing)
      }
    } catch (error) {
      // One of them lies where an unreadable file is: that one is told, and the others are written.
      if (!(error instanceof MhError) || error.code !== 'FILE_EXISTS') throw error
      const [only] = records
      if (records.length === 1 && only !== undefined) this.fail(only.source, error.message)
      else for (const record of records) await this.add([record], await this.store.prepare([record.event]))
    }
  }

  /** The same record again, whatever became of its memory since; or another one that has the same id. */
  private async compare(record: Waiting, existing: EpisodicEvent): Promise<void> {
    const {event} = record
    const same =
      sameText(existing, event) ||
      (hashIn(event) !== undefined && hashIn(existing) === hashIn(event)) ||
      (await this.store.history(event.id)).some((version) => sameText(version.event, event))
    this.tell(record, same)
  }

  private tell({source, event}: Waiting, same: boolean): void {
    if (same) this.result.skipped++
    else this.fail(source, `the id ${event.id} belongs to another memory`)
  }

  private fail(source: string, reason: string): void {
    this.result.failed.push({source, reason})
  }
}

const sameText = (a: EpisodicEvent, b: EpisodicEvent): boolean => a.content === b.content && a.response === b.response

const marksOf = (event: EpisodicEvent): {text: string; origin: unknown} => ({
  text: hashOf(event.content, event.response ?? ''),
  origin: hashIn(event)
})

const hashIn = ({metadata}: EpisodicEvent): unknown => (isObject(metadata.import) ? metadata.import.hash : undefined)

/** Why a memory could not be read again once it is written. */
function unwritableRecord(event: EpisodicEvent): string | undefined {
  try {
    formatChecked(event)
    return undefined
  } catch (error) {
    if (error instanceof MhError) return error.message
    if (error instanceof RangeError) return 'it is nested too deeply'
    throw error
  }
}

const interrupted = ({imported}: ImportResult): MhError =>
  new MhError('INTERRUPTED', `Interrupted after ${imported} memories, which are kept`, {
    hint: 'The same command goes on from there',
    exitCode: 130
  })
