import {usageError} from '../errors.ts'
import type {JsonObject} from '../json.ts'
import {requirePermission} from '../users/permissions.ts'
import {type PersonaPart, readPart} from './documents.ts'
import {readPersona} from './persona.ts'

/**
 * A part of the current person's persona; the core with the facet laid over it where one is named.
 * @throws MhError FACET_NOT_FOUND (exit 3), UNREADABLE_FILE with path and line
 */
export async function showPersona(part: PersonaPart, facet?: string): Promise<JsonObject> {
  requirePermission('read')
  if (facet === undefined) return readPart(part)
  if (part !== 'core') throw usageError('INVALID_PATH', `A facet lays nothing over ${part}`, 'Leave --facet out')
  return readPersona(facet).core
}
