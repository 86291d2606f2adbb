import {type Privacy, privacyOfPerson} from '../core/chat/privacy.ts'
import {MhError} from '../core/errors.ts'
import {newId} from '../core/ids.ts'
import type {EpisodicEvent} from '../core/memory/event.ts'
import {memoryStore, newEvent} from '../core/memory/memories.ts'
import {changedByAgent, madeByAgent, type RunOfAgent} from '../core/memory/provenance.ts'
import {mayHavePrivate} from '../core/models/resolve.ts'
import {resolveRole} from '../core/models/resolve-role.ts'
import {readSettings} from '../core/settings.ts'
import type {Agent, AgentMemories, Draft} from './agent.ts'
import {whyNot} from './why-not.ts'

interface Parts {
  run: string
  now: () => number
  dryRun: boolean
  /** Called before each write. */
  writing: () => Promise<void>
  allowed: Parameters<typeof whyNot>[1]
  did: (processed: number, created: number) => void
}

const COMMONLY = 100

/** The current person's memories, as an agent of theirs may have them in one turn. */
export function agentMemories(agent: Agent, {run, now, dryRun, writing, allowed, did}: Parts): AgentMemories {
  const privacy: Privacy = privacyOfPerson()
  const store = memoryStore()
  let engineMay: boolean | undefined
  let sawPrivate = false

  const isPrivate = async (memory: EpisodicEvent): Promise<boolean> => (await privacy.reasonFor(memory)) !== undefined

  /** Those that may be given, and notes that a private one was. */
  async function given(memories: readonly EpisodicEvent[], withPrivate: boolean): Promise<EpisodicEvent[]> {
    engineMay ??= mayHavePrivate(resolveRole({role: agent.role}).resolved)
    const kept: EpisodicEvent[] = []
    for (const memory of memories) {
      const hidden = await isPrivate(memory)
      if (hidden && !withPrivate && !engineMay) continue
      sawPrivate ||= hidden
      kept.push(memory)
    }
    return kept
  }

  async function mayWrite(): Promise<void> {
    const against = whyNot(agent, allowed)
    if (against !== undefined) throw new MhError('TURN_ENDED', against)
    await writing()
  }

  /** Whether what a draft was made from still says the same. */
  async function stillSo(from: readonly EpisodicEvent[]): Promise<boolean> {
    const present = new Map((await store.getAll(from.map(({id}) => id))).map(({event}) => [event.id, event]))
    for (const memory of from) {
      const now = present.get(memory.id)
      if (now === undefined || !sameText(now, memory)) return false
      // Whoever marks a memory as private while a model thinks about it means what is made of it, too.
      if (!(await isPrivate(memory)) && (await privacyOfPerson().reasonFor(now)) !== undefined) return false
    }
    return true
  }

  async function eventOf({id = newId('evt'), from = [], by, ...memory}: Draft): Promise<EpisodicEvent> {
    const hidden = from.length === 0 ? sawPrivate : (await Promise.all(from.map(isPrivate))).some(Boolean)
    const event = newEvent(
      {...memory, ...(hidden ? {private: true} : {})},
      id,
      memory.timestamp ?? new Date(now()).toISOString()
    )
    return madeByAgent(event, byOf(by))
  }

  const byOf = (by: {name: string; model: string | null} | undefined): RunOfAgent => ({
    agent: agent.name,
    run,
    ...(by === undefined ? {} : {engine: by.name, model: by.model})
  })

  return {
    async list({limit = COMMONLY, before, withPrivate = false, ...filter} = {}) {
      const page = await store.list({
        filter,
        limit,
        ...(before === undefined ? {} : {before: {timestamp: Date.parse(before.timestamp), id: before.id}})
      })
      return given(
        page.map(({event}) => event),
        withPrivate
      )
    },
    async search(question, limit = 10) {
      const request = {limit, filter: {current: Number.MAX_SAFE_INTEGER}, zone: readSettings().timezone, now: now()}
      const found = question.trim() === '' ? [] : await store.search(question, request)
      return given(
        found.map(({event}) => event),
        false
      )
    },
    count: (filter) => store.count(filter),
    isPrivate,
    async create(drafts) {
      const wanted: EpisodicEvent[] = []
      for (const draft of drafts) if (await stillSo(draft.from ?? [])) wanted.push(await eventOf(draft))
      if (wanted.length === 0) return []
      if (dryRun) {
        did(0, wanted.length)
        return []
      }
      await mayWrite()
      const added = await store.add(wanted, (events) => ({
        category: 'data',
        event: 'memories_captured',
        details: {agent: agent.name, run, count: events.length, first: events[0]?.id, last: events.at(-1)?.id}
      }))
      const ids = added.flatMap((one) => ('memory' in one ? [one.memory.event.id] : []))
      did(0, ids.length)
      return ids
    },
    async enrich(additions) {
      if (dryRun) {
        did(additions.length, 0)
        return additions.length
      }
      await mayWrite()
      const at = new Date(now()).toISOString()
      const changed = await store.updateMany(
        additions.map(({memory, tags, entities, by}) => ({
          id: memory.id,
          change: (present) =>
            sameText(present, memory) ? changedByAgent(present, {tags, entities}, byOf(by), at) : undefined
        })),
        (events) => ({
          category: 'data',
          event: 'memories_organized',
          details: {agent: agent.name, run, count: events.length, first: events[0]?.id, last: events.at(-1)?.id}
        })
      )
      did(changed.length, 0)
      return changed.length
    }
  }
}

const sameText = (a: EpisodicEvent, b: EpisodicEvent): boolean => a.content === b.content && a.response === b.response
