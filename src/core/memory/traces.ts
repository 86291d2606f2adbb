import type {EpisodicEvent} from './event.ts'

/** What would show that something still tells of these memories: their ids, and what they said, as it is and as JSON writes it. */
export function tracesOf(memories: readonly EpisodicEvent[]): string[] {
  const traces = memories.flatMap(({id, content, response = ''}) => [
    id,
    ...[content, response]
      .filter((text) => text.length >= SHORTEST)
      .flatMap((text) => [text, JSON.stringify(text).slice(1, -1)])
  ])
  return [...new Set(traces)]
}

/** A text of a few characters stands everywhere, and says nothing. */
const SHORTEST = 8
