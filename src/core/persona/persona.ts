import {realpathSync} from 'node:fs'
import {join} from 'node:path'
import type {ZodType} from 'zod'
import {type JsonObject, readDocument} from '../documents.ts'
import {AccessDeniedError, errno, notFound} from '../errors.ts'
import {isInside, parseJson, readIfThere, unreadable} from '../files.ts'
import {alternatives, nearest} from '../nearest.ts'
import {paths} from '../paths.ts'
import {type FacetIndex, facetIndex, type PersonaCore, personaCore} from './core.ts'

/** Who answers: the persona's core with one facet laid over it. */
export interface Persona {
  core: PersonaCore
  facet: {id: string; name: string; description: string}
}

const DEFAULT_FACET = 'default'

/**
 * The current person's persona.
 * @param facet id of the facet to lay over the core; the active one where it is missing
 * @throws MhError UNREADABLE_FILE (exit 1) with path and line for a damaged file, FACET_NOT_FOUND (exit 3) with the nearest names
 */
export function readPersona(facet?: string): Persona {
  const core = readDocument('personaCore') ?? {}
  const index = check(facetIndex, readDocument('facetIndex') ?? {}, paths.facetIndex)
  const id = facet ?? index.activeFacet
  const entry = facetOf(id, index)
  const overlaid = entry?.personaFile ? overlay(core, readFacet(entry.personaFile)) : core
  return {
    core: check(personaCore, overlaid, paths.personaCore),
    facet: {id, name: entry?.name ?? id, description: entry?.description ?? ''}
  }
}

function facetOf(id: string, {facets}: FacetIndex): FacetIndex['facets'][string] | undefined {
  const entry = Object.hasOwn(facets, id) ? facets[id] : undefined
  if (entry?.enabled) return entry
  // A persona without any facets is the core alone.
  if (entry === undefined && id === DEFAULT_FACET) return undefined
  const near = nearest(
    id,
    Object.keys(facets).filter((name) => facets[name]?.enabled)
  )
  throw notFound(
    'FACET_NOT_FOUND',
    entry === undefined
      ? `There is no facet ${JSON.stringify(id)}`
      : `The facet ${JSON.stringify(id)} is turned off in ${paths.facetIndex}`,
    near.length > 0 ? `Did you mean ${alternatives(near)}?` : `${paths.facetIndex} names the facets that are there`
  )
}

function readFacet(personaFile: string): JsonObject {
  const path = join(paths.persona, personaFile)
  requireInsidePersona(path)
  const text = readIfThere(path)
  if (text === undefined) throw unreadable(path, 'the facet file is not there')
  const value = parseJson(text, path)
  if (!isObject(value)) throw unreadable(path, 'it is not a JSON object')
  return check(personaCore, value, path)
}

/** facets.json may have come from anywhere: neither dots nor a link may lead out of the persona's folder. */
function requireInsidePersona(path: string): void {
  const folder = paths.persona
  let real = path
  try {
    if (isInside(path, folder)) real = realpathSync(path)
  } catch (error) {
    if (errno(error) === 'ENOENT') return
    throw error
  }
  if (!isInside(path, folder) || !isInside(real, realpathSync(folder))) {
    throw new AccessDeniedError(
      `The facet file ${path} lies outside ${folder}`,
      'Name a file below persona/ in persona/facets.json'
    )
  }
}

/** Objects are merged key by key; everything else of the facet takes the core's place. */
const overlay = (core: JsonObject, facet: JsonObject): JsonObject => ({
  ...core,
  ...Object.fromEntries(
    Object.entries(facet).map(([key, value]) => {
      const below = core[key]
      return [key, isObject(below) && isObject(value) ? overlay(below, value) : value]
    })
  )
})

function check<T>(schema: ZodType<T>, value: unknown, path: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw unreadable(
    path,
    issue === undefined ? 'it is no persona' : `${issue.path.join('.') || 'the whole'}: ${issue.message}`
  )
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
