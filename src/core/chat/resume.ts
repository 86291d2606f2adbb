import {notFound} from '../errors.ts'
import {newId} from '../ids.ts'
import {newestSession, sessionTurns} from '../memory/memories.ts'
import type {Judged} from './privacy.ts'
import type {Turn} from './prompt.ts'
import {resolveSession} from './sessions.ts'

/** A turn as a conversation holds it: with what says whether it may leave this machine. */
export type HeldTurn = Turn & {memory: Judged}

/** What goes on from model to model in one conversation. */
export interface Thread {
  session: string
  turns: HeldTurn[]
}

/** The session to go on with and its turns, oldest first; a new one where none is named. @throws MhError SESSION_NOT_FOUND (exit 3) */
export async function resume({session: wanted, newest}: {session?: string; newest?: boolean}): Promise<Thread> {
  const session = wanted === undefined ? (newest ? await newestSession() : undefined) : await resolveSession(wanted)
  if (session !== undefined) {
    const turns = await sessionTurns(session)
    return {
      session,
      turns: turns.map(({id, tags, links, metadata, content, response}) => ({
        content,
        ...(response === undefined ? {} : {response}),
        memory: {id, tags, links, metadata}
      }))
    }
  }
  if (newest)
    throw notFound('SESSION_NOT_FOUND', 'There is no conversation to go on with yet', 'Begin one with mh chat "..."')
  return {session: newId('session'), turns: []}
}
