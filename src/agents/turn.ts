import * as z from 'zod'
import {runStore} from '../core/agents/runs.ts'
import {readAgents} from '../core/agents/settings.ts'
import {requireUserContext} from '../core/context.ts'
import {MhError} from '../core/errors.ts'
import {type Engine, openEngine} from '../core/models/engine.ts'
import type {ModelRole} from '../core/models/registry.ts'
import {resolveRole} from '../core/models/resolve-role.ts'
import {readSettings} from '../core/settings.ts'
import type {Agent, AgentContext} from './agent.ts'
import {agentMemories} from './memories.ts'
import {patient} from './patient-engine.ts'
import {seeded} from './random.ts'
import type {AgentRun} from './run-result.ts'
import type {RunRequest} from './runner.ts'

/** What a turn has done so far; kept outside of it, so that it is told also where the turn ends by an error. */
export interface Tally {
  processed: number
  created: number
  failed: number
  firstFailure: {item: string; error: unknown} | undefined
}

export interface TurnParts {
  run: string
  tally: Tally
  request: RunRequest
  trigger: (agents: readonly string[]) => Promise<AgentRun[]>
  /** Called before each write of a memory. */
  writing: () => Promise<void>
}

/** So many failures in a row are not about the items. */
const ROW_OF_FAILURES = 5

/** How a turn ended. */
export interface Turned {
  skipped?: boolean
  reason?: string | undefined
  error?: unknown
}

/** Lets an agent do its turn for the current person, whose lock it holds. */
export async function takeTurn(agent: Agent, parts: TurnParts): Promise<Turned> {
  const signal = parts.request.signal ?? new AbortController().signal
  try {
    const outcome = await agent.run(contextFor(agent, parts, signal))
    return signal.aborted ? {error: interrupted()} : {reason: outcome?.reason}
  } catch (error) {
    if (signal.aborted) return {error: interrupted()}
    if (!(error instanceof MhError)) return {error}
    if (error.code === 'DRY_RUN') return {reason: error.message}
    return error.code === 'TURN_ENDED' ? {skipped: true, reason: error.message} : {error}
  }
}

const interrupted = (): MhError => new MhError('INTERRUPTED', 'It was interrupted', {exitCode: 130})

function contextFor(agent: Agent, parts: TurnParts, signal: AbortSignal): AgentContext {
  const {run, tally, request, trigger, writing} = parts
  const now = request.clock ?? Date.now
  const {userId: id, username} = requireUserContext('Agents')
  const {timezone: zone, language} = readSettings()
  const dryRun = request.dryRun === true
  const force = request.force === true
  const engines = new Map<ModelRole, Promise<Engine>>()
  let row = 0

  const engine = (role = agent.role): Promise<Engine> => {
    if (dryRun) throw notAsked(role)
    const known = engines.get(role)
    if (known !== undefined) return known
    const opened = openEngine({role}, {agent: agent.name}).then((found) => patient(found.engine, signal))
    engines.set(role, opened)
    return opened
  }

  return {
    run,
    person: {id, username},
    zone,
    language,
    settings: readAgents().of(agent.name).all,
    dryRun,
    force,
    limit: request.limit ?? Number.POSITIVE_INFINITY,
    signal,
    now,
    random: seeded(`${id} ${agent.name} ${run}`),
    engine,
    memories: agentMemories(agent, {
      run,
      now,
      dryRun,
      writing,
      allowed: {force, pauses: false},
      did: (processed, created) => {
        row = 0
        tally.processed += processed
        tally.created += created
      }
    }),
    state: {
      read: () => runStore().readState(agent.name),
      write: async (state) => {
        if (!dryRun) await runStore().writeState(agent.name, state)
      }
    },
    did(items) {
      row = 0
      tally.processed += items
    },
    failed(item, error) {
      if (signal.aborted || concernsAll(error)) throw error
      tally.failed++
      tally.firstFailure ??= {item, error}
      if (++row === ROW_OF_FAILURES) throw inARow(error)
    },
    progress: (done, total) => request.onProgress?.({agent: agent.name, username, done, total}),
    trigger,
    z
  }
}

/** Failures that are about one item. Everything else would come again at the next one. */
const ABOUT_ONE = new Set([
  'MALFORMED_OBJECT',
  'CONTEXT_OVERFLOW',
  'ANSWER_CUT',
  'ENGINE_FAILED',
  'ENGINE_TIMEOUT',
  'INPUT_TOO_LARGE',
  'EMPTY_CAPTURE',
  'UNREADABLE_FILE',
  'FILE_EXISTS',
  'INBOX_FILE_REFUSED'
])

const concernsAll = (error: unknown): boolean => !(error instanceof MhError) || !ABOUT_ONE.has(error.code)

const inARow = (error: unknown): Error =>
  new MhError(
    'FAILURES_IN_A_ROW',
    `${ROW_OF_FAILURES} in a row failed, and the rest was left; the last: ${error instanceof Error ? error.message : String(error)}`
  )

function notAsked(role: ModelRole): MhError {
  const {resolved} = resolveRole({role})
  return new MhError('DRY_RUN', `would ask ${resolved.model ?? resolved.engine}`)
}
