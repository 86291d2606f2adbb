import {requireUserContext} from '../../context.ts'
import {documentPlace} from '../../documents.ts'
import {notify} from '../../notices.ts'
import {PROFILE_LAYOUT} from '../../paths.ts'
import type {EpisodicEvent} from '../event.ts'
import {readEvent} from '../event.ts'
import {versionOf} from '../read-file.ts'
import type {StoredMemory} from '../store.ts'

/** The memory that a record holds: the text that its file would have. What cannot be read is told, and left out. */
export function readRecord(id: string, record: string): StoredMemory[] {
  const {userId} = requireUserContext('Memories')
  const event = readEvent(JSON.parse(record), userId)
  if (typeof event !== 'string') return [{event, path: placeOf(id), version: () => versionOf(record)}]
  notify({code: 'UNREADABLE_RECORD', message: `The memory ${id} is left as it is and was skipped: ${event}`})
  return []
}

/** The same for one that is about to be changed. */
export function eventOf(record: string, userId: string): EpisodicEvent {
  const event = readEvent(JSON.parse(record), userId)
  if (typeof event === 'string') throw new Error(`A memory cannot be read: ${event}`)
  return event
}

/** Where a memory is, for people. */
export const placeOf = (id: string): string => documentPlace(`${PROFILE_LAYOUT.episodic}/${id}`)
