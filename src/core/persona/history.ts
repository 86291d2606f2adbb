import {join} from 'node:path'
import {changeProfile, type ProfileChange} from '../change.ts'
import {documentPlace, fetchProfileText, listProfileNames, writeProfileFile} from '../documents.ts'
import {notFound} from '../errors.ts'
import {unreadable} from '../files.ts'
import {parseJson} from '../json.ts'
import {PROFILE_LAYOUT} from '../paths.ts'
import {requirePermission} from '../users/permissions.ts'
import {type Difference, differences} from './differences.ts'
import {type PersonaTexts, readPersonaTexts} from './documents.ts'

/** A state of the whole persona, as persona/history/{version}.json keeps it. */
interface Snapshot {
  version: number
  /** ISO 8601, UTC. */
  at: string
  /** What differs from the version before. */
  changed: string[]
  documents: PersonaTexts
}

export interface PersonaVersion {
  version: number
  at: string
  changed: string[]
}

/** Versions of the current person's persona, the latest first. The latest is the persona as it is, unless files were edited by hand. */
export async function personaHistory(): Promise<PersonaVersion[]> {
  requirePermission('read')
  const history: PersonaVersion[] = []
  for (const version of (await versions()).toReversed()) {
    const {at, changed} = await readSnapshot(version)
    history.push({version, at, changed})
  }
  return history
}

/** What a version changed, value by value. @throws MhError VERSION_NOT_FOUND (exit 3) */
export async function personaDifferences(
  version: number
): Promise<{version: number; at: string; changes: Difference[]}> {
  requirePermission('read')
  const {at, documents} = await requireSnapshot(version)
  const before = (await versions()).findLast((one) => one < version)
  // The first version is where the history begins: it changed nothing.
  const changes = before === undefined ? [] : differences((await readSnapshot(before)).documents, documents)
  return {version, at, changes}
}

/** Makes the persona again what it was in a version, as a new version. @throws MhError VERSION_NOT_FOUND (exit 3) */
export async function restorePersona(version: number): Promise<PersonaVersion> {
  requirePermission('persona')
  const {documents} = await requireSnapshot(version)
  return changePersona('persona_restored', {from: version}, () => documents)
}

/**
 * One change of the persona: locked, written durably, kept as a version, audited. What was edited by hand since the last
 * version becomes a version of its own first, so that nothing a person wrote is ever replaced without being kept.
 * @param change gives the documents to write; those that it leaves out stay. It throws where the change is refused
 */
export async function changePersona(
  event: string,
  details: Record<string, unknown>,
  change: (texts: PersonaTexts) => PersonaTexts
): Promise<PersonaVersion> {
  return changeProfile(async (profile) => {
    const found = readPersonaTexts()
    const before = await keepVersion(profile, found)
    const wanted = change(found)
    for (const [name, text] of Object.entries(wanted))
      if (text !== found[name]) writeProfileFile(profile, join(PROFILE_LAYOUT.persona, name), text)
    const after = await keepVersion(profile, {...found, ...wanted})
    if (after.version !== before.version)
      profile.audit({category: 'data', event, details: {...details, version: after.version, changed: after.changed}})
    return {version: after.version, at: after.at, changed: after.version === before.version ? [] : after.changed}
  })
}

/** Keeps a state, where it is another than that of the last version. @returns the version that has it */
async function keepVersion(profile: ProfileChange, documents: PersonaTexts): Promise<Snapshot> {
  const last = (await versions()).at(-1)
  const latest = last === undefined ? undefined : await readSnapshot(last)
  if (latest !== undefined && sameTexts(latest.documents, documents)) return latest
  const made: Snapshot = {
    version: (last ?? 0) + 1,
    at: new Date().toISOString(),
    changed: latest === undefined ? [] : differences(latest.documents, documents).map(({path}) => path),
    documents
  }
  writeProfileFile(
    profile,
    join(PROFILE_LAYOUT.personaHistory, fileOf(made.version)),
    `${JSON.stringify(made, null, 2)}\n`
  )
  return made
}

const sameTexts = (a: PersonaTexts, b: PersonaTexts): boolean => {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names].every((name) => a[name] === b[name])
}

/** Numbers of the versions, the first one first. */
const versions = async (): Promise<number[]> =>
  (await listProfileNames(PROFILE_LAYOUT.personaHistory))
    .flatMap((name) => (/^\d+\.json$/.test(name) ? [Number.parseInt(name, 10)] : []))
    .sort((a, b) => a - b)

async function requireSnapshot(version: number): Promise<Snapshot> {
  const there = await versions()
  if (there.includes(version)) return readSnapshot(version)
  throw notFound(
    'VERSION_NOT_FOUND',
    `The persona has no version ${version}`,
    there.length === 0 ? 'Nothing was changed yet' : `It has ${there[0]} to ${there.at(-1)}: mh persona history`
  )
}

async function readSnapshot(version: number): Promise<Snapshot> {
  const relative = join(PROFILE_LAYOUT.personaHistory, fileOf(version))
  const path = documentPlace(relative)
  const value = parseJson((await fetchProfileText(relative)) ?? '', path) as Partial<Snapshot> | null
  if (typeof value?.at !== 'string' || typeof value.documents !== 'object' || value.documents === null)
    throw unreadable(path, 'it is no version of a persona')
  return {version, at: value.at, changed: value.changed ?? [], documents: value.documents}
}

const fileOf = (version: number): string => `${String(version).padStart(6, '0')}.json`
