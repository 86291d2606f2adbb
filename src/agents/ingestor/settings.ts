import {readDocument} from '../../core/documents.ts'
import {usageError} from '../../core/errors.ts'

/** The person's etc/ingestor.json. */
export interface IngestorSettings {
  enabled: boolean
  /** Of one memory. */
  maximumCharacters: number
  /** Whether files whose text is kept go to the archive; else they stay where they are. */
  archive: boolean
}

const LONGEST = 2000
const SHORTEST = 100

/** @throws MhError UNREADABLE_FILE, INVALID_SETTING (exit 2) */
export function readIngestorSettings(): IngestorSettings {
  const {enabled, maximumCharacters = LONGEST, archive} = readDocument('ingestor') ?? {}
  if (typeof maximumCharacters !== 'number' || !(maximumCharacters >= SHORTEST && maximumCharacters <= LONGEST))
    throw usageError(
      'INVALID_SETTING',
      `maximumCharacters in etc/ingestor.json is ${JSON.stringify(maximumCharacters)}, which is no number from ${SHORTEST} to ${LONGEST}`,
      'mh reads the inbox again once it is mended'
    )
  return {enabled: enabled !== false, maximumCharacters: Math.floor(maximumCharacters), archive: archive !== false}
}
