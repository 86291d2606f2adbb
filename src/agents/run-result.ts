/** How one person's turn went. */
export type TurnStatus = 'ok' | 'failed' | 'skipped'

/** What a run did for one person. */
export interface PersonResult {
  username: string
  /** `skipped` is no failure: mode, role, the person's own settings, or another process that runs the agent for them. */
  status: TurnStatus
  /** Items that were worked on. */
  processed: number
  /** Memories that were made. */
  created: number
  /** Items that failed and were left as they are. */
  failed: number
  /** Why it was skipped, or had nothing to do. */
  reason: string | null
  /** What failed. */
  error: string | null
}

/** One agent's run over people. */
export interface AgentRun {
  /** "run-" and a UUIDv7. */
  id: string
  agent: string
  users: PersonResult[]
  durationMs: number
}
