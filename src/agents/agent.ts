import type * as zod from 'zod'
import type {AgentSchedule} from '../core/agents/settings.ts'
import type {JsonObject} from '../core/json.ts'
import type {EpisodicEvent} from '../core/memory/event.ts'
import type {MemoryFilter, NewMemory} from '../core/memory/memories.ts'
import type {Engine} from '../core/models/engine.ts'
import type {ModelRole} from '../core/models/registry.ts'
import type {AgentRun} from './run-result.ts'

/** What works for a person without being talked to. One object, in one file; the runner does everything around it. */
export interface Agent {
  /** Lower case with dashes ("organizer", "boredom-service"): in commands, settings, records and locks. */
  readonly name: string
  /** One sentence for `mh agents list`. */
  readonly description: string
  /**
   * `user`: part of a run without names. `system`: a service that watches a person and starts other agents for them
   * (`context.trigger`); it runs for each person too, but only where it is named or its schedule says so.
   */
  readonly scope: 'user' | 'system'
  /** When it runs where the person's etc/agents.json says nothing else. */
  readonly schedule: AgentSchedule
  /** True where it thinks on its own account; agent mode skips it unless forced, and emulation always. */
  readonly proactive: boolean
  /** Whose model `context.engine()` opens. */
  readonly role: ModelRole
  /** Why it may run for nobody: an own agent whose file no administrator enabled as it is. The runner skips it with that reason. */
  readonly blocked?: string
  /**
   * Whether there may be something to do for the current person; asked by the scheduler, which starts nothing where there is not. Quick, and
   * changes nothing. Where it is missing, there always may be.
   */
  pending?(): Promise<boolean>
  /**
   * Does one person's turn, inside that person's user context.
   *
   * It counts as it goes (`context.did`, `context.failed`; what `context.memories` makes is counted by itself), so that what was done
   * is told also where it is stopped. It stops between two items once `context.signal` is aborted: it may simply return. An error
   * that it throws is that person's failure and nobody else's.
   * @returns a reason where there was nothing to do ("nothing new"), for the person to read
   */
  run(context: AgentContext): Promise<AgentOutcome | undefined>
}

/** Declares an agent: its type is checked where it is written. */
export const defineAgent = (agent: Agent): Agent => agent

export interface AgentOutcome {
  /** Told beside the counts: why nothing was done, or what would be. */
  reason?: string
}

/** What a person's turn is given. Own agents have nothing but this: everything that they may do goes through it. */
export interface AgentContext {
  /** Id of the run. Everything that it makes or changes carries it, so that the run can be taken back. */
  readonly run: string
  readonly person: {readonly id: string; readonly username: string}
  /** IANA name of the person's zone. */
  readonly zone: string
  /** The language of the memories: "en", "de", … */
  readonly language: string
  /** Of this agent, from etc/agents.json, as the person wrote it. */
  readonly settings: JsonObject
  /** Nothing is changed and no model asked: what would be done is counted. `engine` and `memories` keep to it by themselves. */
  readonly dryRun: boolean
  /** Whether the person insists: also where nothing is new. */
  readonly force: boolean
  /** At most so many items; Infinity where nobody limits it. */
  readonly limit: number
  /** Aborted at Ctrl-C, where the scheduler ends, and where the turn takes too long. */
  readonly signal: AbortSignal
  /** Milliseconds since 1970. */
  now(): number
  /** From 0 up to 1; the same sequence for the same person, agent and run. */
  random(): number
  /**
   * What answers: the agent's role's model (or another role's), retried with growing pauses where its server does not answer.
   * `name` is "recall" where no language model is set; that one gives no objects and is never to be asked for any.
   * @throws MhError DRY_RUN in a dry run, which ends the turn there without a failure; what `openEngine` throws
   */
  engine(role?: ModelRole): Promise<Engine>
  readonly memories: AgentMemories
  /** What the agent keeps between two turns for this person: small, JSON. Unchanged by a dry run. */
  readonly state: {
    read(): Promise<JsonObject>
    write(state: JsonObject): Promise<void>
  }
  /** Counts items that were worked on, for the report. */
  did(items: number): void
  /**
   * Counts an item that failed, and goes on. Where the failure concerns every item (no server, no key, the day's limit, an abort), it
   * is thrown again and ends the turn.
   * @param item what failed, in few words and never its text: an id, a file's name
   */
  failed(item: string, error: unknown): void
  progress(done: number, total?: number): void
  /** Runs other agents for this person, one after another, as runs of their own. Their locks, modes and limits hold as ever. */
  trigger(agents: readonly string[]): Promise<AgentRun[]>
  /** zod, for the objects that a model is asked for: own agents can import nothing. */
  readonly z: typeof zod
}

/** What the agent makes. `id` where it must be made once only: one that is there already is left as it is and not counted. */
export interface Draft extends NewMemory {
  id?: string
  /** The memories that it was made from. Where one is gone or says something else by now, nothing is made of it. */
  from?: readonly EpisodicEvent[]
  /** The engine that made it; none where it was made without. */
  by?: Pick<Engine, 'name' | 'model'>
}

/** What an agent found out about a memory. */
export interface Addition {
  /** The memory as the agent was given it. */
  memory: EpisodicEvent
  tags: readonly string[]
  entities: readonly string[]
  by?: Pick<Engine, 'name' | 'model'>
}

export interface AgentListOptions extends MemoryFilter {
  /** At most so many; 100 where it is missing. */
  limit?: number
  /** Goes on behind this one, towards older ones. */
  before?: Pick<EpisodicEvent, 'timestamp' | 'id'>
  /** Gives private ones too, to an agent that shows them to no engine that may not have them. */
  withPrivate?: boolean
}

/**
 * The person's memories. What is given leaves out private ones unless the engine of the agent's role may have them. What is made from
 * a private one is private too; of a draft that names no sources that is so as soon as the agent was given a private one.
 * Every write asks again whether the person's mode and role still permit the agent to work.
 */
export interface AgentMemories {
  /** Newest first. */
  list(options?: AgentListOptions): Promise<EpisodicEvent[]>
  /** Best first. */
  search(question: string, limit?: number): Promise<EpisodicEvent[]>
  count(filter: MemoryFilter): Promise<number>
  /** Whether the memory must not leave this machine. */
  isPrivate(memory: EpisodicEvent): Promise<boolean>
  /**
   * Keeps new memories, durable when this resolves, and counts them. Drafts go in together.
   * @returns the ids of those that were made; fewer than drafts where sources changed meanwhile or ids were there
   */
  create(drafts: readonly Draft[]): Promise<string[]>
  /**
   * Adds tags and entities to memories and marks them as processed, and counts them. Each is read again first: one that is gone, or
   * whose text was edited meanwhile, is passed over; everything else that the person changed stays.
   * @returns how many were changed
   */
  enrich(additions: readonly Addition[]): Promise<number>
}
