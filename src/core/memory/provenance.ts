import {isObject, texts} from '../json.ts'
import {sha256} from '../sha256.ts'
import type {EpisodicEvent, EventMetadata} from './event.ts'

/** Which run of which agent does something to a memory, and what answers there; no engine where none is asked. */
export interface RunOfAgent {
  agent: string
  run: string
  engine?: string
  model?: string | null
}

/** metadata.madeBy of a memory that an agent made. */
interface MadeBy {
  agent: string
  run: string
  /** Of what a person can see of it, as the agent made it. */
  hash: string
}

/** An entry of metadata.changedBy: what an agent added to a memory. */
interface ChangedBy extends RunOfAgent {
  /** ISO 8601, UTC. */
  at: string
  tags: string[]
  entities: string[]
  /** Of what a person can see of the memory, as the agent left it. */
  hash: string
}

/** A memory that an agent makes, with everything by which that can be told and taken back. */
export function madeByAgent(event: EpisodicEvent, by: RunOfAgent): EpisodicEvent {
  const {agent, run, engine, model} = by
  const metadata = {
    ...event.metadata,
    run,
    ...(engine === undefined ? {} : {engine, model: model ?? null})
  }
  const made = {...event, metadata}
  return {...made, metadata: {...metadata, madeBy: {agent, run, hash: hashOf(made)} satisfies MadeBy}}
}

/**
 * A memory with what an agent found out about it: tags and entities that it has not yet (case does not count), and the mark that it was
 * processed. All else stays. `metadata.engine` tells who wrote a memory's text or answer, and is left alone.
 * @param at ISO 8601, UTC
 */
export function changedByAgent(
  event: EpisodicEvent,
  {tags, entities}: {tags: readonly string[]; entities: readonly string[]},
  by: RunOfAgent,
  at: string
): EpisodicEvent {
  const {metadata} = event
  const added = {tags: missing(event.tags, tags), entities: missing(event.entities, entities)}
  const changed = {
    ...event,
    tags: [...event.tags, ...added.tags],
    entities: [...event.entities, ...added.entities],
    metadata: {
      ...metadata,
      processed: true,
      processedAt: at,
      run: by.run,
      ...(by.model === undefined || metadata.model !== undefined || metadata.engine !== undefined
        ? {}
        : {model: by.model})
    }
  }
  // What the same agent added before was to a text that a person has edited since: it is theirs now.
  const others = changesOf(metadata).filter(({agent}) => agent !== by.agent)
  const entry: ChangedBy = {...by, at, ...added, hash: hashOf(changed)}
  return {...changed, metadata: {...changed.metadata, changedBy: [...others, entry]}}
}

/** The runs that made or changed a memory. */
export function runsOf({metadata}: Pick<EpisodicEvent, 'metadata'>): string[] {
  const made = madeByOf(metadata)
  return [...new Set([...(made === undefined ? [] : [made.run]), ...changesOf(metadata).map(({run}) => run)])]
}

/** The agent that made a memory; undefined where a person or an import did. */
export const makerOf = ({metadata}: Pick<EpisodicEvent, 'metadata'>): string | undefined => madeByOf(metadata)?.agent

/** What has to be done to take a run's work on a memory back. */
export type TakenBack =
  /** The run has nothing to do with it. */
  | 'untouched'
  /** A person, or something else, changed the memory since: it stays as it is. */
  | 'edited'
  /** The run made it. */
  | 'made'
  /** The memory without what the run added. */
  | {event: EpisodicEvent}

export function takeBack(event: EpisodicEvent, run: string): TakenBack {
  const {metadata} = event
  const changes = changesOf(metadata)
  const made = madeByOf(metadata)
  if (made?.run === run) return hashOf(without(event, changes)) === made.hash ? 'made' : 'edited'
  const at = changes.findIndex((change) => change.run === run)
  const change = changes[at]
  if (change === undefined) return 'untouched'
  const later = changes.slice(at + 1)
  if (hashOf(without(event, later)) !== change.hash) return 'edited'
  const bare = without(event, [change])
  const left = changes
    .filter((one) => one !== change)
    .map((one, index, all) =>
      index < at ? one : {...one, hash: hashOf(without(bare, all.slice(index + 1) as ChangedBy[]))}
    )
  const {run: _run, changedBy: _changedBy, processedAt: _processedAt, model, ...kept} = metadata
  const before = left.at(-1)?.run ?? made?.run
  // The model was noted with the first change, where no engine had written the memory.
  const noted = metadata.engine === undefined && model === change.model
  return {
    event: {
      ...bare,
      metadata: {
        ...kept,
        ...(model === undefined || noted ? {} : {model}),
        ...(before === undefined ? {} : {run: before}),
        ...(left.length === 0 ? {} : {changedBy: left}),
        processed: false
      }
    }
  }
}

function madeByOf({madeBy}: EventMetadata): MadeBy | undefined {
  if (!isObject(madeBy)) return undefined
  const {agent, run, hash} = madeBy
  return typeof agent === 'string' && typeof run === 'string' && typeof hash === 'string'
    ? {agent, run, hash}
    : undefined
}

function changesOf({changedBy}: EventMetadata): ChangedBy[] {
  if (!Array.isArray(changedBy)) return []
  return changedBy.flatMap((one): ChangedBy[] =>
    isObject(one) && typeof one.agent === 'string' && typeof one.run === 'string' && typeof one.hash === 'string'
      ? [{...(one as unknown as ChangedBy), tags: texts(one.tags), entities: texts(one.entities)}]
      : []
  )
}

/** The memory without what those changes added. */
function without(event: EpisodicEvent, changes: readonly ChangedBy[]): EpisodicEvent {
  const tags = new Set(changes.flatMap((change) => change.tags))
  const entities = new Set(changes.flatMap((change) => change.entities))
  return {
    ...event,
    tags: event.tags.filter((tag) => !tags.has(tag)),
    entities: event.entities.filter((entity) => !entities.has(entity))
  }
}

/** Of what a person sees and edits. */
const hashOf = ({content, response, type, timestamp, importance, tags, entities, links}: EpisodicEvent): string =>
  sha256(
    JSON.stringify([content, response ?? null, type, timestamp, importance, tags, entities, links]).toWellFormed()
  ).slice(0, 16)

function missing(present: readonly string[], found: readonly string[]): string[] {
  const known = new Set(present.map((one) => one.toLowerCase()))
  return found.filter((one) => {
    const key = one.toLowerCase()
    return !known.has(key) && known.add(key)
  })
}
