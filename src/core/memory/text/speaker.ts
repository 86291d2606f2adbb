/** What a memory says, and who says it. */
export interface Spoken {
  /** The name as written, or undefined: the profile's person. */
  speaker: string | undefined
  /** False where the name is only how a note begins: "Dentist: small crack" is no word of the dentist's. */
  certain: boolean
  /** The content, without the "Name: " before it where that is certain. */
  text: string
}

/**
 * Who says a memory. In this order: the speaker that the memory names; the "Name: " before its text. That is certain in a
 * conversation (without a response: with one, the content is the person's), and no more than a guess in anything else.
 */
export function spokenBy(memory: {type: string; content: string; response?: string; speaker?: string}): Spoken {
  const {content, speaker} = memory
  if (speaker !== undefined && speaker.trim() !== '') {
    const name = speaker.trim()
    const rest = content.slice(name.length)
    const named = content.slice(0, name.length).toLowerCase() === name.toLowerCase() && /^\s*:\s/.test(rest)
    return {speaker: name, certain: true, text: named ? rest.slice(rest.indexOf(':') + 1).trimStart() : content}
  }
  const opening = memory.response === undefined ? OPENING.exec(content) : null
  if (opening === null) return {speaker: undefined, certain: true, text: content}
  const certain = memory.type === 'conversation'
  return {speaker: opening[1] ?? '', certain, text: certain ? content.slice(opening[0].length) : content}
}

/** One to three capitalised words, a colon, a blank: no `\p{…}`, which would be compiled at every capture of a conversation. */
const OPENING =
  /^([A-Z\u00c0-\u024f][\w\u00c0-\u024f'.-]{0,30}(?: [A-Z\u00c0-\u024f][\w\u00c0-\u024f'.-]{0,30}){0,2}):\s+/
