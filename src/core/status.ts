import {statfsSync} from 'node:fs'
import {join} from 'node:path'
import {backend, enterContext} from './backend.ts'
import {requireUserContext} from './context.ts'
import {noLegacyData} from './doctor/legacy.ts'
import {lookAtDocument} from './documents.ts'
import {MhError} from './errors.ts'
import {glanceAtLink} from './glance.ts'
import {type JsonObject, objectOf} from './json.ts'
import {memoryStore} from './memory/memories.ts'
import {defaultEngine} from './models/default-engine.ts'
import type {ModelRegistry} from './models/registry.ts'
import {type ResolvedModel, resolveModel} from './models/resolve.ts'
import {notify} from './notices.ts'
import {PROFILE_LAYOUT, paths} from './paths.ts'
import {type CognitiveMode, readMode} from './persona/mode.ts'
import {readRemembered} from './remembered-text.ts'
import {readSettings} from './settings.ts'
import {systemPaths} from './system-paths.ts'
import {countOpenTasks, listTasks} from './tasks/tasks.ts'
import {startOfDay} from './time.ts'
import {everybody, requireUser} from './users/accounts.ts'
import {contextOf} from './users/identify.ts'
import {requireAdministrator, requirePermission} from './users/permissions.ts'
import {publicUser} from './users/show.ts'
import type {PublicUser} from './users/user.ts'

/** Something that a person should know of. */
export interface Finding {
  code: string
  message: string
}

/** Where a person stands: what `mh status` shows. */
export interface Status {
  user: PublicUser
  persona: {name: string; facet: string}
  mode: CognitiveMode
  /** `reachable` is null where nobody asked. With `recall`, and where the setting cannot be used, `model` is null. */
  model: {engine: string; model: string | null; reachable: boolean | null}
  /** `week`: how many of each of the last seven days, today last. */
  memories: {total: number; unprocessed: number; week: number[]}
  /** `next`: the open tasks that come first, of those that have a due date. */
  tasks: {open: number; overdue: number; today: number; next: {id: string; title: string; due: string}[]}
  /** How each agent's last run for the person went, the latest first. */
  agents: {name: string; lastRun: string; status: string; processed: number; created: number}[]
  /** Bytes that are free where the data root lies; null where a database keeps everything. */
  disk: {free: number | null}
  findings: Finding[]
  profilePath: string
}

/**
 * The current person's status. What it needs of their documents is read by hand and leniently: a damaged one becomes a finding
 * and not the end, and loading the schemas (15 ms) is left to whoever changes them.
 * @param check whether the model's server is asked if it answers
 * @param now milliseconds
 */
export async function readStatus(check = false, now = Date.now()): Promise<Status> {
  const {username} = requireUserContext('The status')
  requirePermission('read')
  // The rest of what `mh doctor` looks for takes too long for every morning.
  const findings: Finding[] = backend() === undefined ? [...noLegacyData()].map(told) : []
  const mode = readMode().currentMode
  const model = readModel(mode, findings)
  const user = publicUser(await requireUser(username))
  const {total, unprocessed} = await memoryStore().counts()
  return {
    user,
    persona: readPersonaNames(user.displayName ?? username, findings),
    mode,
    model: {
      engine: model?.engine ?? 'none',
      model: model?.model ?? null,
      reachable: check ? await answers(model, findings) : null
    },
    memories: {total, unprocessed, week: await memoryStore().countBetween(lastWeek(now))},
    tasks: {...(await countOpenTasks(now)), next: await nextTasks()},
    agents: await lastAgents(findings),
    disk: readDisk(findings),
    findings,
    profilePath: user.profilePath
  }
}

/**
 * Everybody's status, in the order of the accounts; looking at others' is noted in both trails. A profile that cannot be read is
 * told and left out.
 * @throws MhError NOT_ADMINISTRATOR (exit 4)
 */
export async function readStatusOfAll(check = false): Promise<Status[]> {
  requireAdministrator('The status of everybody')
  const users = await everybody()
  // One person's key must not be sent to a server that another person named.
  if (check) (await import('./models/keys.ts')).serveSeveralPeople()
  const {auditAccess} = await import('./users/change-accounts.ts')
  await auditAccess(users, {category: 'security', event: 'status_read', details: {of: 'everybody'}})
  const all: Status[] = []
  for (const user of users) {
    try {
      all.push(await enterContext(contextOf(user), () => readStatus(check)))
    } catch (error) {
      notify({code: 'PROFILE_NOT_READ', message: `${user.username}: ${(error as Error).message}`})
    }
  }
  return all
}

const SHOWN_TASKS = 3
/** Less than this is soon used up by what mh itself writes. */
const LITTLE_SPACE = 200 * 1024 * 1024

const weeks = new Map<string, number[]>()

/** The first millisecond of each of the last seven days, today included, and of tomorrow. Asking the calendar takes longer than all the rest. */
function lastWeek(now: number): number[] {
  const zone = readSettings().timezone
  const known = weeks.get(zone) ?? []
  if (now >= (known.at(-2) ?? Number.POSITIVE_INFINITY) && now < (known.at(-1) ?? 0)) return known
  const week = Array.from({length: 8}, (_, at) => startOfDay(now, zone, at - 6))
  weeks.set(zone, week)
  return week
}

async function nextTasks(): Promise<Status['tasks']['next']> {
  const {tasks} = await listTasks({which: 'open'}, SHOWN_TASKS)
  return tasks.flatMap(({id, title, due}) => (due === undefined ? [] : [{id, title, due}]))
}

async function lastAgents(findings: Finding[]): Promise<Status['agents']> {
  // Brings what writes records, which hardly any command needs.
  const {runStore} = await import('./agents/runs.ts')
  try {
    return Object.values(await runStore().last())
      .sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1))
      .map(({agent, startedAt, status, processed, created}) => ({
        name: agent,
        lastRun: startedAt,
        status,
        processed,
        created
      }))
  } catch (error) {
    note(findings, error)
    return []
  }
}

function readModel(mode: CognitiveMode, findings: Finding[]): ResolvedModel | undefined {
  return attempt(findings, () => {
    const {defaults, models, cognitiveModeMappings} = lookAtDocument('models') ?? {}
    // Only what is asked for is looked into, and a value of another kind is none.
    const registry = {
      globalSettings: {},
      defaults: objectOf(defaults),
      models: objectOf(models),
      cognitiveModeMappings: objectOf(cognitiveModeMappings)
    } as ModelRegistry
    return resolveModel({role: 'persona', mode, otherwise: defaultEngine()}, registry)
  })
}

/** The persona's name, as the active facet or the core says it, and that facet. @param name where neither says any */
function readPersonaNames(name: string, findings: Finding[]): Status['persona'] {
  const core = attempt(findings, () => nameIn(lookAtDocument('personaCore')))
  const {activeFacet, facets} = attempt(findings, () => lookAtDocument('facetIndex')) ?? {}
  const facet = typeof activeFacet === 'string' ? activeFacet : 'default'
  const {personaFile} = objectOf(objectOf(facets)[facet])
  return {name: nameInFacet(personaFile) ?? core ?? name, facet}
}

/** Whoever chats is told of a facet's file that cannot be read, or may not be: here only a name is wanted. */
function nameInFacet(personaFile: unknown): string | undefined {
  if (typeof personaFile !== 'string' || !/^facets\/[\w-]+\.json$/.test(personaFile)) return undefined
  const store = backend()
  if (store !== undefined) return nameInText(store.document(`${PROFILE_LAYOUT.persona}/${personaFile}`))
  const path = join(paths.persona, personaFile)
  // What a link leads to may be anybody's.
  const stat = glanceAtLink(path)
  return stat?.isFile() === true ? nameInText(readRemembered(path, stat)) : undefined
}

function nameInText(text = 'null'): string | undefined {
  try {
    return nameIn(objectOf(JSON.parse(text)))
  } catch {
    return undefined
  }
}

function nameIn(core: Readonly<JsonObject> | undefined): string | undefined {
  const {name} = objectOf(core?.identity)
  return typeof name === 'string' && name !== '' ? name : undefined
}

function readDisk(findings: Finding[]): Status['disk'] {
  if (backend() !== undefined) return {free: null}
  const {bavail, bsize} = statfsSync(systemPaths.root)
  const free = bavail * bsize
  if (free < LITTLE_SPACE)
    findings.push({
      code: 'DISK_NEARLY_FULL',
      message: `Only ${Math.floor(free / 1024 / 1024)} MB are free at ${systemPaths.root}`
    })
  return {free}
}

/** What `fn` gives, or undefined and a finding. */
function attempt<T>(findings: Finding[], fn: () => T): T | undefined {
  try {
    return fn()
  } catch (error) {
    note(findings, error)
    return undefined
  }
}

function note(findings: Finding[], error: unknown): void {
  if (!(error instanceof MhError)) throw error
  findings.push(told(error))
}

const told = ({code, message, hint}: {code: string; message: string; hint?: string | undefined}): Finding => ({
  code,
  message: hint === undefined ? message : `${message}. ${hint}`
})

/** Whether the model's server answers; the built-in engine always does. */
async function answers(model: ResolvedModel | undefined, findings: Finding[]): Promise<boolean> {
  if (model === undefined) return false
  if (model.model === null) return true
  const {answers: ask} = await import('./models/list.ts')
  try {
    return await ask(model)
  } catch (error) {
    note(findings, error)
    return false
  }
}
