import {type RunRecord, runStore} from '../core/agents/runs.ts'
import {requireUserContext} from '../core/context.ts'
import {conflict, notFound} from '../core/errors.ts'
import {withAgentLock} from '../core/locks.ts'
import {learningsStore} from '../core/memory/learnings.ts'
import {memoryStore} from '../core/memory/memories.ts'
import {pagesOf} from '../core/memory/pages.ts'
import {takeBack} from '../core/memory/provenance.ts'
import {resolveReference} from '../core/reference.ts'
import {requirePermission} from '../core/users/permissions.ts'

/** What was taken back of a run. */
export interface Undone {
  run: string
  agent: string
  /** Ids of memories that it had made: they are in the trash. */
  removed: string[]
  /** Ids of memories from which its additions were taken. */
  restored: string[]
  /** Ids of memories that were edited since, and stay as they are. */
  kept: string[]
  /** What became of what it wrote into a night's learnings; null where it wrote nothing. */
  learnings: 'taken back' | 'edited' | null
}

/** So many memories are taken back at once. */
const PAGE = 512

/**
 * Takes back what a run of an agent made and added for the current person, except where somebody edited it since. What other people were
 * given by the same run is theirs.
 * @param reference the run's id, any unique ending of it, or "@last": the last one that was not taken back
 * @throws MhError RUN_NOT_FOUND (exit 3), AMBIGUOUS_ID (exit 2), AGENT_AT_WORK (exit 5), NOT_ALLOWED_IN_MODE, NOT_ALLOWED_FOR_ROLE (exit 4)
 */
export async function undoRun(reference: string): Promise<Undone> {
  requirePermission('agent.settings')
  const {userId, username} = requireUserContext('Runs')
  const record = await find(reference)
  const locked = await withAgentLock(record.agent, userId, () => undo(record))
  if (locked !== undefined) return locked.result
  throw conflict(
    'AGENT_AT_WORK',
    `${record.agent} is at work for ${username}`,
    'Take the run back when it has finished'
  )
}

async function undo({id: run, agent}: RunRecord): Promise<Undone> {
  const store = memoryStore()
  const undone: Undone = {run, agent, removed: [], restored: [], kept: [], learnings: null}
  for await (const page of pagesOf({run}, PAGE)) {
    const ways = page.map(({event}) => ({id: event.id, way: takeBack(event, run)}))
    undone.kept.push(...ways.filter(({way}) => way === 'edited').map(({id}) => id))
    const made = ways.filter(({way}) => way === 'made').map(({id}) => id)
    if (made.length > 0) undone.removed.push(...(await store.trash(made)))
    const changed = ways.filter(({way}) => typeof way === 'object')
    if (changed.length === 0) continue
    const restored = await store.updateMany(
      changed.map(({id}) => ({
        id,
        change: (present) => {
          const way = takeBack(present, run)
          return typeof way === 'object' ? way.event : undefined
        }
      })),
      (events) => ({
        category: 'data',
        event: 'memories_organized',
        details: {agent, run, undone: true, count: events.length}
      })
    )
    const ids = new Set(restored.map(({event}) => event.id))
    undone.restored.push(...ids)
    undone.kept.push(...changed.map(({id}) => id).filter((id) => !ids.has(id)))
  }
  const learnings = await learningsStore().takeBack(run, {
    category: 'data',
    event: 'learnings_written',
    details: {agent, run, undone: true}
  })
  if (learnings !== 'none') undone.learnings = learnings
  const {removed, restored, kept} = undone
  await runStore().markUndone(run, new Date().toISOString(), {
    category: 'action',
    event: 'agent_run_undone',
    details: {run, agent, removed: removed.length, restored: restored.length, kept: kept.length}
  })
  return undone
}

async function find(reference: string): Promise<RunRecord> {
  const runs = runStore()
  const id = await resolveReference(reference, {
    endingWith: (ending, limit) => runs.endingWith(ending, limit),
    last: async () => (await runs.list(LOOKED_AT)).find(({undoneAt}) => undoneAt === null)?.id,
    notFound: runNotFound
  })
  const record = await runs.get(id)
  if (record === undefined) throw runNotFound(reference)
  return record
}

/** Whoever has taken back so many runs in a row names the next one. */
const LOOKED_AT = 100

const runNotFound = (reference: string): Error =>
  notFound(
    'RUN_NOT_FOUND',
    reference === '@last' ? 'There is no run that could be taken back' : `There is no run ${JSON.stringify(reference)}`,
    'mh agents runs shows which there are'
  )
