import {type EpisodicEvent, SUPERSEDES} from '../event.ts'
import {runsOf} from '../provenance.ts'
import type {Findable} from './types.ts'

/** What of a memory it is found and filtered by. */
export function findable(event: EpisodicEvent): Findable {
  const {metadata, response} = event
  return {
    id: event.id,
    timestamp: Date.parse(event.timestamp),
    type: event.type,
    content: event.content,
    tags: event.tags,
    processed: metadata.processed === true,
    // What recall answers are quotations of other memories: found there, and only in the way here.
    ...(response === undefined || metadata.engine === 'recall' ? {} : {response}),
    ...(typeof metadata.speaker === 'string' ? {speaker: metadata.speaker} : {}),
    ...(typeof metadata.sessionId === 'string' ? {session: metadata.sessionId} : {}),
    ...(metadata.private === true ? {private: true} : {}),
    ...supersedes(event),
    ...runs(event)
  }
}

function runs(event: EpisodicEvent): {runs?: string[]} {
  const found = runsOf(event)
  return found.length === 0 ? {} : {runs: found}
}

function supersedes({id, links}: EpisodicEvent): {supersedes?: string[]} {
  const targets = links.filter(({type, target}) => type === SUPERSEDES && target !== id).map(({target}) => target)
  return targets.length === 0 ? {} : {supersedes: targets}
}
