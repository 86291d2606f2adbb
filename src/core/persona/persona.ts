import {existsSync, readFileSync, realpathSync} from 'node:fs'
import {join, normalize, resolve} from 'node:path'
import {backend} from '../backend.ts'
import {checked} from '../checked.ts'
import {requireUserContext} from '../context.ts'
import {documentPlace, readDocument, readProfileText} from '../documents.ts'
import {AccessDeniedError, notFound} from '../errors.ts'
import {isInside, unreadable} from '../files.ts'
import {isObject, type JsonObject, parseObject} from '../json.ts'
import {alternatives, nearest} from '../nearest.ts'
import {PROFILE_LAYOUT, paths} from '../paths.ts'
import {getSecurityPolicy} from '../users/policy.ts'
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
  const index = readFacetIndex()
  const id = facet ?? index.activeFacet
  const entry = facetOf(id, index)
  const overlaid = entry?.personaFile ? overlay(core, readFacet(entry.personaFile)) : core
  return {
    core: checked(personaCore, overlaid, documentPlace(PROFILE_LAYOUT.personaCore)),
    facet: {id, name: entry?.name ?? id, description: entry?.description ?? ''}
  }
}

/** @throws MhError UNREADABLE_FILE */
export const readFacetIndex = (): FacetIndex =>
  checked(facetIndex, readDocument('facetIndex') ?? {}, documentPlace(PROFILE_LAYOUT.facetIndex))

/** A facet that may be used; undefined for `default` where there are none. @throws MhError FACET_NOT_FOUND (exit 3) with the nearest names */
export function facetOf(id: string, {facets}: FacetIndex): FacetIndex['facets'][string] | undefined {
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
      : `The facet ${JSON.stringify(id)} is turned off in ${documentPlace(PROFILE_LAYOUT.facetIndex)}`,
    near.length > 0
      ? `Did you mean ${alternatives(near)}?`
      : `${documentPlace(PROFILE_LAYOUT.facetIndex)} names the facets that are there`
  )
}

/** What a facet lays over the core. @throws MhError ACCESS_DENIED (exit 4) where the file lies outside the persona, UNREADABLE_FILE */
export function readFacet(personaFile: string): JsonObject {
  if (backend() !== undefined) return readStoredFacet(personaFile)
  const path = resolve(paths.persona, personaFile)
  return checked(personaCore, parseObject(readInsidePersona(path), path), path)
}

/** Where a database keeps the persona, there is nothing that dots could lead to. */
function readStoredFacet(personaFile: string): JsonObject {
  const relative = normalize(join(PROFILE_LAYOUT.persona, personaFile))
  const place = documentPlace(relative)
  if (!isInside(relative, PROFILE_LAYOUT.persona)) throw outside(place, documentPlace(PROFILE_LAYOUT.persona))
  const text = readProfileText(relative)
  if (text === undefined) throw unreadable(place, 'the facet file is not there')
  return checked(personaCore, parseObject(text, place), place)
}

/** facets.json may have come from anywhere: neither dots nor a link may lead out of the persona's folder. */
function readInsidePersona(path: string): string {
  const folder = paths.persona
  if (!isInside(path, folder)) throw outside(path, folder)
  if (!existsSync(path)) throw unreadable(path, 'the facet file is not there')
  const file = getSecurityPolicy(requireUserContext('The persona')).requireFileAccess(path, 'read')
  try {
    if (!isInside(file.path, realpathSync(folder))) throw outside(path, folder)
    return readFileSync(file.descriptor, 'utf8')
  } finally {
    file.close()
  }
}

const outside = (path: string, folder: string): Error =>
  new AccessDeniedError(
    `The facet file ${path} lies outside ${folder}`,
    'Name a file below persona/ in persona/facets.json'
  )

/** A persona of nothing but the person's name: what a conversation goes on with where the persona's files cannot be read. */
export const withoutPersona = (): Persona => ({
  core: {},
  facet: {id: DEFAULT_FACET, name: DEFAULT_FACET, description: ''}
})

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
