import type {Conversation} from '../../core/chat/conversation.ts'
import {requireUserContext} from '../../core/context.ts'
import type {ShownTurn} from '../views/turn.tsx'

/** A conversation of which not everything is kept, and what was said in it so far. */
export interface Unsaved {
  conversation: Conversation
  turns: ShownTurn[]
}

const MOST = 200
const MOST_TURNS = 60
const LIFETIME_MS = 60 * 60 * 1000

/**
 * Conversations that mode or role forbid to save: they live in this process only, so that the next message is answered with what was
 * said before, and are gone an hour after the last one.
 */
export class UnsavedConversations {
  readonly #held = new Map<string, Unsaved & {until: number}>()

  /** The current person's, by its session. */
  find(session: string): Unsaved | undefined {
    const held = this.#held.get(keyOf(session))
    return held === undefined || held.until < Date.now() ? undefined : held
  }

  /** Adds a turn to it. @param before what was said in it until then, where it was not held yet */
  hold(conversation: Conversation, before: readonly ShownTurn[], turn: ShownTurn): void {
    const key = keyOf(conversation.session)
    const turns = [...(this.find(conversation.session)?.turns ?? before), turn].slice(-MOST_TURNS)
    // Put at the end: what was not used for longest is the first.
    this.#held.delete(key)
    this.#held.set(key, {conversation, turns, until: Date.now() + LIFETIME_MS})
    for (const [one, {until}] of this.#held) if (until < Date.now() || this.#held.size > MOST) this.#held.delete(one)
  }
}

const keyOf = (session: string): string => `${requireUserContext('A conversation').userId} ${session}`
