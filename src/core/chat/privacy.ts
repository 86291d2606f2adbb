import {texts} from '../json.ts'
import type {EpisodicEvent} from '../memory/event.ts'
import {memoryStore} from '../memory/memories.ts'
import {readSettings} from '../settings.ts'

/** Tells which memories of the current person must not leave this machine. */
export interface Privacy {
  /**
   * Why a memory is private: it is marked so, has a tag that the profile names as private, or is a turn of a conversation whose
   * answer was made from such a memory. Undefined where it is not.
   */
  reasonFor(event: Judged): Promise<string | undefined>
  /** The same by its own mark and tags alone, at once. */
  ownReason(event: Judged): string | undefined
}

/** What of a memory is looked at. */
export type Judged = Pick<EpisodicEvent, 'id' | 'tags' | 'metadata' | 'links'>

/** How far quotes of quotes are followed. Turns that quote are marked themselves when they are kept, so this is rarely needed. */
const DEEPEST = 4

/** One for each conversation, so that a memory is looked at once; what is marked private meanwhile is noticed by its own mark. */
export function privacyOfPerson(): Privacy {
  const {privateTags} = readSettings()
  const quoting = new Map<string, string | undefined>()

  function ownReason({metadata, tags}: Judged): string | undefined {
    if (metadata.private === true) return 'it is private'
    const tag = tags.find((one) => privateTags.has(one.toLowerCase()))
    return tag === undefined ? undefined : `it has the tag ${JSON.stringify(tag)}, which is private`
  }

  async function reasonFor(event: Judged, depth = 0): Promise<string | undefined> {
    const own = ownReason(event)
    if (own !== undefined) return own
    if (quoting.has(event.id)) return quoting.get(event.id)
    const reason = await quotes(event, depth)
    quoting.set(event.id, reason)
    return reason
  }

  async function quotes({metadata, links}: Judged, depth: number): Promise<string | undefined> {
    const used = texts(metadata.memoriesUsed)
    const ids = [...new Set([...used, ...links.map(({target}) => target)])].filter(
      (id) => id.startsWith('evt-') || used.includes(id)
    )
    if (ids.length === 0) return undefined
    if (depth === DEEPEST) return 'it may quote a private memory'
    const found = await memoryStore().getAll(ids)
    // Of a memory that is gone nobody can tell any more.
    if (used.some((id) => !found.some(({event}) => event.id === id))) return 'it quotes a memory that is gone'
    for (const {event} of found)
      if ((await reasonFor(event, depth + 1)) !== undefined) return 'it quotes a private memory'
    return undefined
  }

  return {reasonFor: (event) => reasonFor(event), ownReason}
}
