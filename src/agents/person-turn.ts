import {type RunRecord, runStore} from '../core/agents/runs.ts'
import type {AuditEvent} from '../core/audit.ts'
import {enterContext} from '../core/backend.ts'
import {getUserContext} from '../core/context.ts'
import {MhError} from '../core/errors.ts'
import {withAgentLock} from '../core/locks.ts'
import {auditAccess} from '../core/users/change-accounts.ts'
import {contextOf} from '../core/users/identify.ts'
import type {User} from '../core/users/user.ts'
import type {Agent} from './agent.ts'
import type {AgentRun, PersonResult} from './run-result.ts'
import type {RunRequest} from './runner.ts'
import {type Tally, type Turned, takeTurn} from './turn.ts'
import {whyNot} from './why-not.ts'

export interface PersonTurn {
  agent: Agent
  /** Id of the run. */
  run: string
  user: User
  request: RunRequest
  /** Ids of people whose trails know already who asked for this. */
  told: Set<string>
  trigger: (agents: readonly string[]) => Promise<AgentRun[]>
}

/** One person's turn of a run, in their context, with its record and its audit entry. Every error is theirs, and in the result. */
export async function personTurn(turn: PersonTurn): Promise<PersonResult> {
  const {user, request} = turn
  const tally: Tally = {processed: 0, created: 0, failed: 0, firstFailure: undefined}
  if (request.signal?.aborted) return result(turn, tally, 'skipped', {reason: 'the run was interrupted'})
  try {
    await tellOf(turn)
    const inContext = (): Promise<PersonResult> => recorded(turn, tally)
    // The acting person goes on in the context that they are in: it knows whether somebody else is behind it.
    return await (getUserContext()?.userId === user.id ? inContext() : enterContext(contextOf(user), inContext))
  } catch (error) {
    return result(turn, tally, 'failed', {error})
  }
}

/** A person whose agents somebody else runs finds that in their trail; where it cannot be noted, it is not done. */
async function tellOf({user, request: {askedBy}, told}: PersonTurn): Promise<void> {
  if (askedBy === undefined || askedBy === user.id || told.has(user.id)) return
  await auditAccess([user], {category: 'security', event: 'agents_run', details: {of: user.username}})
  told.add(user.id)
}

async function recorded(turn: PersonTurn, tally: Tally): Promise<PersonResult> {
  const {agent, run, request} = turn
  const startedAt = new Date((request.clock ?? Date.now)()).toISOString()
  const start = performance.now()
  const record = (done: Omit<PersonResult, 'username' | 'status'> & Pick<RunRecord, 'status'>): RunRecord => {
    const {status, processed, created, failed, reason, error} = done
    const durationMs = Math.round(performance.now() - start)
    return {
      id: run,
      agent: agent.name,
      startedAt,
      durationMs,
      status,
      processed,
      created,
      failed,
      reason,
      error,
      undoneAt: null
    }
  }
  let begun = false
  const turned = await turnOf(turn, tally, async () => {
    if (!begun) await runStore().begin(record({...result(turn, tally, 'ok'), status: 'running'}))
    begun = true
  })
  const failure = turned.error ?? (tally.failed > 0 ? itemsFailed(tally) : undefined)
  const status = turned.skipped ? 'skipped' : failure === undefined ? 'ok' : 'failed'
  const done = result(turn, tally, status, {reason: turned.reason, error: failure})
  if (request.dryRun) return done
  await runStore().add(record({...done, error: failure === undefined ? null : loggable(failure)}), {
    kept: status !== 'skipped',
    listed: begun || status === 'failed' || tally.processed + tally.created > 0,
    audit: auditOf(turn, done, failure)
  })
  return done
}

async function turnOf(turn: PersonTurn, tally: Tally, writing: () => Promise<void>): Promise<Turned> {
  const {agent, run, user, request, trigger} = turn
  try {
    const against = whyNot(agent, {force: request.force === true, pauses: request.askedBy !== user.id})
    if (against !== undefined) return {skipped: true, reason: against}
    // Damaged records are told before anything is done that could not be noted in them.
    await runStore().last()
    const work = (): Promise<Turned> => takeTurn(agent, {run, tally, request, trigger, writing})
    if (request.dryRun) return await work()
    const locked = await withAgentLock(agent.name, user.id, work)
    return locked?.result ?? {skipped: true, reason: `${agent.name} is at work for ${user.username} already`}
  } catch (error) {
    return {error}
  }
}

function result(
  {user}: PersonTurn,
  {processed, created, failed}: Tally,
  status: PersonResult['status'],
  {reason, error}: {reason?: string | undefined; error?: unknown} = {}
): PersonResult {
  return {
    username: user.username,
    status,
    processed,
    created,
    failed,
    reason: reason ?? null,
    error: error === undefined ? null : messageOf(error)
  }
}

const itemsFailed = ({failed, processed, firstFailure}: Tally): Error =>
  new MhError(
    'ITEMS_FAILED',
    `${failed} of ${failed + processed} failed; the first, ${firstFailure?.item}: ${messageOf(firstFailure?.error)}`
  )

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Codes whose messages repeat what a model's server said, which may repeat the prompt. */
const OTHERS_WORDS = new Set(['ENGINE_FAILED', 'CONTEXT_OVERFLOW', 'ITEMS_FAILED', 'FAILURES_IN_A_ROW'])

/** What a record may keep of an error: texts of memories are not logged. */
const loggable = (error: unknown): string => {
  if (!(error instanceof MhError)) return error instanceof Error ? error.name : 'Error'
  return OTHERS_WORDS.has(error.code) ? error.code : `${error.code}: ${error.message}`
}

function auditOf({agent, run}: PersonTurn, done: PersonResult, failure: unknown): AuditEvent {
  const {status, processed, created, failed, reason} = done
  return {
    ...(status === 'failed' ? {level: 'warn' as const} : {}),
    category: 'action',
    event: 'agent_ran',
    details: {
      run,
      agent: agent.name,
      status,
      processed,
      created,
      failed,
      ...(reason === null ? {} : {reason}),
      ...(failure === undefined ? {} : {error: failure instanceof MhError ? failure.code : 'ERROR'})
    }
  }
}
