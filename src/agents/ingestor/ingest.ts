import {createHash} from 'node:crypto'
import {setTimeout as sleep} from 'node:timers/promises'
import {MhError} from '../../core/errors.ts'
import {type InboxItem, inbox} from '../../core/inbox/inbox.ts'
import {type ReadDocument, readItem} from '../../core/inbox/read-item.ts'
import {isObject} from '../../core/json.ts'
import {memoryStore} from '../../core/memory/memories.ts'
import {notify} from '../../core/notices.ts'
import {localTime} from '../../core/time.ts'
import type {AgentContext, AgentOutcome, Draft} from '../agent.ts'
import {draftsOf} from './drafts.ts'
import {type IngestorSettings, readIngestorSettings} from './settings.ts'

/** What is the same in two looks that are so far apart is complete. In milliseconds. */
const BETWEEN_LOOKS = 250
/** So many memories share one fsync of their folders, one audit entry and one transaction. */
const CHUNK = 512
/** A file that makes more was not written to be remembered. */
const MOST_MEMORIES = 50_000

/**
 * Makes memories of what waits in the current person's inbox. A file is archived once all of its text is durable; where the
 * process ends before that, the next run finds the file again, and the memories that are there already by their ids.
 */
export async function ingest(context: AgentContext): Promise<AgentOutcome | undefined> {
  const settings = readIngestorSettings()
  if (!settings.enabled) return {reason: 'etc/ingestor.json has it off'}
  const {items, unfinished} = await waitingItems(context.signal)
  const kept = settings.archive ? {} : await keptBefore(context, items)
  const todo = items.filter(({name, stamp}) => kept[name] !== stamp).slice(0, context.limit)
  if (todo.length === 0)
    return {
      reason: unfinished > 0 ? stillWritten(unfinished) : 'there is nothing new in the inbox'
    }
  for (const [index, item] of todo.entries()) {
    if (context.signal.aborted) return
    const done = await take(context, item, settings)
    if (done && !settings.archive && !context.dryRun) {
      kept[item.name] = item.stamp
      await context.state.write({kept})
    }
    context.progress(index + 1, todo.length)
  }
  return unfinished > 0 ? {reason: stillWritten(unfinished)} : undefined
}

async function waitingItems(signal: AbortSignal): Promise<{items: InboxItem[]; unfinished: number}> {
  const first = await inbox().list()
  if (first.length === 0) return {items: [], unfinished: 0}
  // An abort ends the pause, and shows again before the first file is taken.
  await sleep(BETWEEN_LOOKS, undefined, {signal}).catch(() => undefined)
  const later = new Map((await inbox().list()).map(({name, stamp}) => [name, stamp]))
  const items = first.filter(({name, stamp}) => later.get(name) === stamp)
  return {items, unfinished: first.length - items.length}
}

/** Where files stay in the inbox: which of them are memories already, by what they were then. */
async function keptBefore(context: AgentContext, items: readonly InboxItem[]): Promise<Record<string, unknown>> {
  const {kept} = await context.state.read()
  const there = new Set(items.map(({name}) => name))
  return isObject(kept) ? Object.fromEntries(Object.entries(kept).filter(([name]) => there.has(name))) : {}
}

/** @returns whether all of the item's text is kept */
async function take(context: AgentContext, item: InboxItem, settings: IngestorSettings): Promise<boolean> {
  try {
    const read = await readWaiting(context, item)
    if (read === 'changed') return false
    if ('reason' in read) return await refuse(context, item, read.reason)
    const {document, file} = read
    const {maximumCharacters} = settings
    const drafts = draftsOf(
      document,
      {name: item.name, file, modified: item.modified},
      maximumCharacters,
      context.language
    )
    if (drafts.length === 0) return await refuse(context, item, 'there is no text in it')
    if (drafts.length > MOST_MEMORIES)
      return await refuse(context, item, `it would make ${drafts.length} memories, ${MOST_MEMORIES} at most are made`)
    const wanted = await missing(drafts)
    for (let at = 0; at < wanted.length; at += CHUNK) {
      // What was made so far is found again by its ids.
      if (context.signal.aborted) return false
      await context.memories.create(wanted.slice(at, at + CHUNK))
    }
    if (document.remark !== undefined) notify({code: 'INBOX_REMARK', message: `${item.name}: ${document.remark}`})
    if (settings.archive && !context.dryRun) await inbox().archive(item, today(context))
    context.did(1)
    return true
  } catch (error) {
    if (context.signal.aborted) return false
    context.failed(item.name, error)
    return false
  }
}

/** Those that are not memories yet, nor were and are in the trash by now. */
async function missing(drafts: readonly Draft[]): Promise<Draft[]> {
  const store = memoryStore()
  const known = await store.trashedIds()
  for (let at = 0; at < drafts.length; at += CHUNK)
    for (const {event} of await store.getAll(drafts.slice(at, at + CHUNK).map(({id = ''}) => id))) known.add(event.id)
  return drafts.filter(({id = ''}) => !known.has(id))
}

async function readWaiting(
  context: AgentContext,
  item: InboxItem
): Promise<'changed' | {reason: string} | {document: ReadDocument; file: string}> {
  if (item.refused !== undefined) return {reason: item.refused}
  const read = await inbox().read(item)
  if (read === 'changed' || 'reason' in read) return read
  const {name, modified} = item
  const {zone, signal} = context
  try {
    const document = await readItem({name, userId: context.person.id, zone, modified, signal}, read.bytes)
    return 'reason' in document ? document : {document, file: createHash('sha256').update(read.bytes).digest('hex')}
  } catch (error) {
    // Whatever a file makes of what reads it, it must not keep the others waiting.
    if (signal.aborted) throw error
    return {reason: `it cannot be read: ${(error as Error).message}`}
  }
}

async function refuse(context: AgentContext, item: InboxItem, reason: string): Promise<false> {
  if (!context.dryRun) await inbox().setAside(item, today(context), reason)
  context.failed(item.name, new MhError('INBOX_FILE_REFUSED', reason))
  // Many in a row say nothing of the next one.
  context.did(0)
  return false
}

const today = (context: AgentContext): string => localTime(context.now(), context.zone).slice(0, 10)

const stillWritten = (files: number): string =>
  files === 1 ? '1 file is still being written' : `${files} files are still being written`
