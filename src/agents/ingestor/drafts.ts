import type {ReadDocument} from '../../core/inbox/read-item.ts'
import {divide} from '../../core/inbox/split.ts'
import {hashOf, idOf} from '../../core/memory/importers/found.ts'
import type {Draft} from '../agent.ts'

/** A document, and where it lay. */
export interface Source {
  /** Path below the inbox. */
  name: string
  /** SHA-256 of the file, in hex. */
  file: string
  /** When it was last changed, in milliseconds. */
  modified: number
}

/**
 * The memories of a document, one a paragraph. Their ids are made of the file's name and their text, so that reading it again gives
 * the same ones, and reading it when something was added to it gives only that in addition.
 * @param longest characters of one memory
 */
export function draftsOf(document: ReadDocument, source: Source, longest: number, language: string): Draft[] {
  const seen = new Map<string, number>()
  const texts = document.parts.map(({paragraphs}) => divide(paragraphs, longest, language))
  const parts = texts.reduce((total, {length}) => total + length, 0)
  let number = 0
  return document.parts.flatMap((part, at) => {
    const start = Date.parse(part.timestamp ?? document.timestamp ?? '')
    return (texts[at] ?? []).map((text, index): Draft => {
      const content = text.toWellFormed()
      const occurrence = (seen.get(content) ?? 0) + 1
      seen.set(content, occurrence)
      const hash = hashOf('inbox', source.name, content, String(occurrence))
      const {type = 'observation', tags = document.tags ?? []} = part
      return {
        id: idOf(hash),
        content,
        type,
        tags,
        links: document.links ?? [],
        // A millisecond apart, so that a list shows them in their order.
        timestamp: new Date(Math.floor(Number.isNaN(start) ? source.modified : start) + index).toISOString(),
        ...(document.private === true ? {private: true} : {}),
        metadata: {
          title: document.title,
          import: {source: source.name, hash, file: source.file, part: ++number, parts}
        }
      }
    })
  })
}
