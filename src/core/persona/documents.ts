import {lstatSync} from 'node:fs'
import {join} from 'node:path'
import {backend} from '../backend.ts'
import {documentPlace, readProfileText} from '../documents.ts'
import {namesIn} from '../files.ts'
import type {JsonObject} from '../json.ts'
import {parseObject} from '../json.ts'
import {PROFILE_LAYOUT, paths} from '../paths.ts'

/** The parts of a persona beside its facets. */
export const PARTS = {
  core: PROFILE_LAYOUT.personaCore,
  relationships: PROFILE_LAYOUT.relationships,
  routines: PROFILE_LAYOUT.routines,
  'decision-rules': PROFILE_LAYOUT.decisionRules
} as const

export type PersonaPart = keyof typeof PARTS
export const PERSONA_PARTS = Object.keys(PARTS) as PersonaPart[]

/** Every document of a persona by its path below persona/ ("core.json", "facets/poet.json"), as text. */
export type PersonaTexts = Record<string, string>

const FILES = [...Object.values(PARTS), PROFILE_LAYOUT.facetIndex].map((path) => path.slice('persona/'.length))

/** What the current person's persona is made of, as it stands in its files, readable as JSON or not. */
export function readPersonaTexts(): PersonaTexts {
  return Object.fromEntries(
    [...FILES, ...facetFiles()].flatMap((name) => {
      const text = readProfileText(join(PROFILE_LAYOUT.persona, name))
      return text === undefined ? [] : [[name, text]]
    })
  )
}

/** One part as JSON. @throws MhError UNREADABLE_FILE with path and line */
export function readPart(part: PersonaPart): JsonObject {
  const text = readProfileText(PARTS[part])
  return text === undefined ? {} : parseObject(text, documentPlace(PARTS[part]))
}

export const formatDocument = (value: JsonObject): string => `${JSON.stringify(value, null, 2)}\n`

/** Files of facets, ordinary ones only: a link could lead anywhere. */
function facetFiles(): string[] {
  const stored = backend()?.documents(PROFILE_LAYOUT.facets)
  if (stored !== undefined) return stored.map((path) => path.slice('persona/'.length))
  return namesIn(paths.facets)
    .filter((name) => name.endsWith('.json') && lstatSync(join(paths.facets, name)).isFile())
    .map((name) => `facets/${name}`)
}
