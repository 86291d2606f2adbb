import {join, normalize} from 'node:path'
import {documentPlace, readProfileText} from '../documents.ts'
import {conflict, usageError} from '../errors.ts'
import type {JsonObject} from '../json.ts'
import {parseObject} from '../json.ts'
import {PROFILE_LAYOUT} from '../paths.ts'
import {requirePermission} from '../users/permissions.ts'
import type {FacetIndex} from './core.ts'
import {formatDocument, readPart} from './documents.ts'
import {changePersona} from './history.ts'
import {facetOf, readFacet, readFacetIndex} from './persona.ts'

export interface Facet {
  /** What it is called by: the key in facets.json. */
  name: string
  description: string
  enabled: boolean
  color: string | null
}

/** The current person's facets and the one that is in use. */
export async function listFacets(): Promise<{active: string; facets: Facet[]}> {
  requirePermission('read')
  const {activeFacet, facets} = readFacetIndex()
  return {active: activeFacet, facets: Object.entries(facets).map(([name, entry]) => publicFacet(name, entry))}
}

/** One facet with what it lays over the core; the active one where no name is given. @throws MhError FACET_NOT_FOUND (exit 3), ACCESS_DENIED (exit 4) */
export async function showFacet(name?: string): Promise<Facet & {overlay: JsonObject}> {
  requirePermission('read')
  const index = readFacetIndex()
  const id = name ?? index.activeFacet
  const entry = facetOf(id, index)
  return {...publicFacet(id, entry ?? {enabled: true}), overlay: entry?.personaFile ? readFacet(entry.personaFile) : {}}
}

/** Makes a facet the active one. @throws MhError FACET_NOT_FOUND (exit 3), ACCESS_DENIED (exit 4) where its file lies outside the persona */
export async function useFacet(name: string): Promise<{active: string}> {
  requirePermission('persona')
  const entry = facetOf(name, readFacetIndex())
  // One that cannot be read would stop every chat from now on.
  if (entry?.personaFile) readFacet(entry.personaFile)
  await changeIndex('facet_used', {facet: name}, (index) => ({...index, activeFacet: name}))
  return {active: name}
}

/** How a facet may be called: it becomes the name of a file. */
const NAME = /^[a-z0-9][a-z0-9_-]{0,31}$/

/**
 * Makes a facet: a copy of another, else a template that begins as the core is.
 * @throws MhError INVALID_FACET (exit 2), FACET_EXISTS (exit 5), FACET_NOT_FOUND (exit 3)
 */
export async function createFacet(name: string, options: {from?: string; description?: string} = {}): Promise<Facet> {
  requirePermission('persona')
  if (!NAME.test(name))
    throw usageError(
      'INVALID_FACET',
      `${JSON.stringify(name)} cannot name a facet`,
      'Use up to 32 of a-z, 0-9, _ and -'
    )
  const index = readFacetIndex()
  const file = `facets/${name}.json`
  if (Object.hasOwn(index.facets, name) || readProfileText(join(PROFILE_LAYOUT.persona, file)) !== undefined)
    throw conflict('FACET_EXISTS', `There is a facet ${name} already`, `mh facet show ${name}`)
  const source = options.from === undefined ? undefined : facetOf(options.from, index)
  const overlay = options.from === undefined ? template() : source?.personaFile ? readFacet(source.personaFile) : {}
  const entry = {
    name: name.charAt(0).toUpperCase() + name.slice(1),
    description: options.description ?? source?.description ?? '',
    personaFile: file,
    enabled: true,
    color: source?.color ?? '#64748b'
  }
  await changeIndex(
    'facet_created',
    {facet: name},
    ({facets, ...rest}) => ({...rest, facets: {...(facets as JsonObject | undefined), [name]: entry}}),
    {[file]: formatDocument(overlay)}
  )
  return publicFacet(name, entry)
}

/** The file of a facet below persona/ ("facets/poet.json"). @throws MhError FACET_NOT_FOUND (exit 3), NO_FACET_FILE (exit 2) */
export function facetFile(name: string): string {
  const entry = facetOf(name, readFacetIndex())
  const file = entry?.personaFile ? normalize(entry.personaFile) : undefined
  if (file === undefined || !/^facets\/[^/]+\.json$/.test(file))
    throw usageError(
      'NO_FACET_FILE',
      `The facet ${name} has no file below persona/facets`,
      'Change the core in its place'
    )
  return file
}

/** What a new facet has to be changed: how it speaks and what it is like, as the core has it. */
function template(): JsonObject {
  const {identity, personality} = readPart('core') as {identity?: JsonObject; personality?: JsonObject}
  return {
    identity: {role: identity?.role ?? '', purpose: identity?.purpose ?? ''},
    personality: {communicationStyle: personality?.communicationStyle ?? {}, traits: personality?.traits ?? {}}
  }
}

function changeIndex(
  event: string,
  details: Record<string, unknown>,
  change: (index: JsonObject) => JsonObject,
  files: Record<string, string> = {}
): Promise<unknown> {
  return changePersona(event, details, (texts) => {
    const text = texts['facets.json']
    const present = text === undefined ? {} : parseObject(text, documentPlace(PROFILE_LAYOUT.facetIndex))
    return {...files, 'facets.json': formatDocument({...change(present), lastUpdated: new Date().toISOString()})}
  })
}

const publicFacet = (name: string, entry: Partial<FacetIndex['facets'][string]>): Facet => ({
  name,
  description: entry.description ?? '',
  enabled: entry.enabled ?? true,
  color: entry.color ?? null
})
