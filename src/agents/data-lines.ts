import {escaped} from '../core/chat/prompt.ts'
import type {EpisodicEvent} from '../core/memory/event.ts'
import {localTime} from '../core/time.ts'

type Told = Pick<EpisodicEvent, 'timestamp' | 'type' | 'content' | 'response'>

/** In characters; of more, a model is told the beginning. */
const LONGEST = 4000

/**
 * Memories as data in a prompt: one JSON object a line between marks that no text of theirs can close. They are numbered from 1, by which a
 * model may cite them.
 */
export const dataLines = (mark: string, memories: readonly Told[], zone: string): string =>
  [
    `<${mark}>`,
    ...memories.map(({timestamp, type, content, response}, at) =>
      escaped(
        JSON.stringify({
          ...(memories.length > 1 ? {n: at + 1} : {}),
          date: localTime(Date.parse(timestamp), zone),
          type,
          content: shortened(content),
          ...(response === undefined ? {} : {answered: shortened(response)})
        })
      )
    ),
    `</${mark}>`
  ].join('\n')

const shortened = (text: string): string =>
  text.length > LONGEST ? `${text.slice(0, LONGEST).toWellFormed()} …` : text
