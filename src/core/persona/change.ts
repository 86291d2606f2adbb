import {join} from 'node:path'
import {documentPlace} from '../documents.ts'
import {conflict, usageError} from '../errors.ts'
import {type JsonObject, parseObject} from '../json.ts'
import {alternatives} from '../nearest.ts'
import {PROFILE_LAYOUT} from '../paths.ts'
import {sha256} from '../sha256.ts'
import {requirePermission} from '../users/permissions.ts'
import {formatDocument, PARTS, type PersonaPart, readPart, readPersonaTexts} from './documents.ts'
import {facetFile} from './facets.ts'
import {changePersona} from './history.ts'
import {placeOf, TRUST_LEVELS, type TrustLevel, withValue, wrongIn} from './value.ts'

/**
 * Sets one value of the persona, by its dotted path ("identity.role", "personality.traits.openness", "routines.daily").
 * @param text JSON where the place takes that, else the text itself
 * @returns the value as it stands now, and the persona's version
 * @throws MhError INVALID_PATH, INVALID_VALUE (exit 2), UNREADABLE_FILE, NOT_ALLOWED_IN_MODE (exit 4)
 */
export async function setPersonaValue(
  path: string,
  text: string,
  facet?: string
): Promise<{path: string; value: unknown; version: number}> {
  requirePermission('persona')
  const {part, keys} = placeOf(path)
  const name = fileOf(part, facet)
  let value: unknown
  const {version} = await changePersona('persona_changed', {path, ...(facet === undefined ? {} : {facet})}, (texts) => {
    const changed = withValue(part, documentIn(texts, name), keys, text)
    value = keys.reduce<unknown>((inner, key) => (inner as JsonObject)[key], changed)
    return written(name, changed)
  })
  return {path, value, version}
}

/** A part to be shown, with its version. @throws MhError UNREADABLE_FILE with path and line */
export async function showPart(part: PersonaPart): Promise<{document: JsonObject; version: string}> {
  requirePermission('read')
  const document = readPart(part)
  return {document, version: versionOf(document)}
}

/** A part to be edited as a whole: with `version`, by which a change by somebody else meanwhile is noticed. */
export function openPart(part: PersonaPart, facet?: string): {document: JsonObject; version: string} {
  requirePermission('persona')
  const document = documentIn(readPersonaTexts(), fileOf(part, facet))
  return {document, version: versionOf(document)}
}

/**
 * Replaces a part by what a person made of it.
 * @param version of `openPart`: another one at that moment refuses the change
 * @throws MhError INVALID_PERSONA (exit 2), STALE_VERSION (exit 5)
 */
export async function replacePart(
  part: PersonaPart,
  document: unknown,
  version: string | undefined,
  facet?: string
): Promise<{version: number; changed: string[]}> {
  requirePermission('persona')
  const name = fileOf(part, facet)
  const wrong = wrongIn(part, document)
  if (wrong !== undefined)
    throw usageError('INVALID_PERSONA', `That is no ${part}: ${wrong}`, 'Mend it and take it again')
  return changePersona('persona_changed', {part}, (texts) => {
    const present = documentIn(texts, name)
    if (version !== undefined && versionOf(present) !== version)
      throw conflict('STALE_VERSION', `persona/${name} was changed meanwhile`, 'Look at it again: mh persona show')
    return written(name, document as JsonObject)
  })
}

/** The current person's trust level; `suggest` where none is set. @throws MhError UNREADABLE_FILE */
export function readTrust(): TrustLevel {
  const {trustLevel} = readPart('decision-rules')
  // An unknown level gives a model no more than reading.
  return trustLevel === undefined ? 'suggest' : isTrust(trustLevel) ? trustLevel : 'observe'
}

export async function showTrust(): Promise<{trust: TrustLevel}> {
  requirePermission('read')
  return {trust: readTrust()}
}

/** @throws MhError INVALID_TRUST (exit 2) */
export async function setTrust(level: string): Promise<{trust: TrustLevel}> {
  requirePermission('persona')
  if (!isTrust(level))
    throw usageError('INVALID_TRUST', `${JSON.stringify(level)} is no trust level`, `Use ${alternatives(TRUST_LEVELS)}`)
  await changePersona('persona_trust_set', {trust: level}, (texts) =>
    written(RULES, {...documentIn(texts, RULES), trustLevel: level})
  )
  return {trust: level}
}

const isTrust = (level: unknown): level is TrustLevel => TRUST_LEVELS.some((one) => one === level)

const RULES = 'decision-rules.json'

/** The file of a part below persona/; with a facet, the facet's. @throws MhError INVALID_PATH (exit 2), FACET_NOT_FOUND (exit 3) */
function fileOf(part: PersonaPart, facet: string | undefined): string {
  if (facet === undefined) return PARTS[part].slice('persona/'.length)
  if (part !== 'core') throw usageError('INVALID_PATH', `A facet lays nothing over ${part}`, 'Leave --facet out')
  return facetFile(facet)
}

function documentIn(texts: Readonly<Record<string, string>>, name: string): JsonObject {
  const text = texts[name]
  return text === undefined ? {} : parseObject(text, documentPlace(join(PROFILE_LAYOUT.persona, name)))
}

const written = (name: string, document: JsonObject): Record<string, string> => ({
  [name]: formatDocument(name.startsWith('facets/') ? document : {...document, lastUpdated: new Date().toISOString()})
})

const versionOf = (document: JsonObject): string => sha256(JSON.stringify(document)).slice(0, 16)
