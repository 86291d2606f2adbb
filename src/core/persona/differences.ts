import {isObject} from '../json.ts'
import type {PersonaTexts} from './documents.ts'

/** One value of a persona that is another than before; undefined where it is not there. */
export interface Difference {
  /** The document, then the keys: "core.identity.role", "facets/poet.personality.traits.openness". */
  path: string
  before: unknown
  after: unknown
}

/** When a document was written last says nothing about the persona. */
const STAMP = 'lastUpdated'

/** What differs between two states of a persona, in the order of the documents. A document that is no JSON counts as one value. */
export function differences(before: PersonaTexts, after: PersonaTexts): Difference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return names.flatMap((name) => {
    if (before[name] === after[name]) return []
    return compare(name.replace(/\.json$/, ''), parsed(before[name]), parsed(after[name]))
  })
}

function compare(path: string, before: unknown, after: unknown): Difference[] {
  if (isObject(before) && isObject(after)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
      key === STAMP ? [] : compare(`${path}.${key}`, before[key], after[key])
    )
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{path, before, after}]
}

function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    // Told by whoever reads the document; to compare, its text is enough.
    return text
  }
}
