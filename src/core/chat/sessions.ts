import {notFound, usageError} from '../errors.ts'
import {memoryStore, type ShownMemory, sessionTurns} from '../memory/memories.ts'
import {requirePermission} from '../users/permissions.ts'

/** A conversation that was kept. */
export interface Session {
  session: string
  /** ISO 8601, UTC. */
  startedAt: string
  turns: number
  /** How it began, on one line of at most 80 characters. */
  title: string
}

const MOST_SESSIONS = 10_000
const LONGEST_TITLE = 80

/** The current person's conversations, the one with the newest turn first. */
export async function listSessions(limit = MOST_SESSIONS): Promise<Session[]> {
  requirePermission('read')
  return (await memoryStore().sessions(limit)).map(({opening, ...session}) => ({...session, title: titleOf(opening)}))
}

/**
 * A conversation with its turns, oldest first.
 * @param reference a session's id or any unique ending of it of at least 4 characters, or "@last"
 * @throws MhError SESSION_NOT_FOUND (exit 3), AMBIGUOUS_ID (exit 2)
 */
export async function showSession(
  reference: string
): Promise<{session: string; startedAt: string; turns: ShownMemory[]}> {
  const session = await resolveSession(reference)
  const turns = await sessionTurns(session)
  return {session, startedAt: turns[0]?.timestamp ?? '', turns}
}

/** @throws as showSession */
export async function resolveSession(reference: string): Promise<string> {
  requirePermission('read')
  // Most often the whole id is given, and that needs no list.
  if (/^[\w.:-]+$/.test(reference) && (await memoryStore().session(reference)).length > 0) return reference
  const sessions = reference.length < 4 ? [] : await memoryStore().sessions(MOST_SESSIONS)
  const found =
    reference === '@last' ? sessions.slice(0, 1) : sessions.filter(({session}) => session.endsWith(reference))
  const [only, ...others] = found.map(({session}) => session)
  if (only === undefined) throw sessionNotFound(reference)
  if (others.length > 0)
    throw usageError(
      'AMBIGUOUS_ID',
      `${JSON.stringify(reference)} is the ending of more than one session: ${[only, ...others].slice(0, 6).join(', ')}`,
      'Give more of its characters'
    )
  return only
}

const sessionNotFound = (reference: string): Error =>
  notFound(
    'SESSION_NOT_FOUND',
    `There is no conversation ${JSON.stringify(reference)}`,
    'mh chat sessions shows what is there'
  )

const titleOf = (opening: string): string => {
  const line = opening.replace(/\s+/g, ' ').trim()
  return line.length > LONGEST_TITLE ? `${line.slice(0, LONGEST_TITLE - 1)}…` : line
}
