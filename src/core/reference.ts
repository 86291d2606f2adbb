import {usageError} from './errors.ts'

/** How records of one kind are looked for by what a person calls them. */
export interface ReferenceLookup {
  /** Ids that end so, at most `limit`. */
  endingWith: (ending: string, limit: number) => Promise<readonly string[]> | readonly string[]
  /** The one that "@last" means. */
  last: () => Promise<string | undefined> | string | undefined
  /** The error where there is none (exit 3). */
  notFound: (reference: string) => Error
}

const SHORTEST = 4
/** So many candidates are named where an ending is not unique, and one more tells that it is not. */
const MOST_CANDIDATES = 6

/**
 * The id that a reference means: the whole id, any unique ending of at least 4 characters, or "@last". It is only ever looked up, and
 * never a path: anything with a slash or dots is not found.
 * @throws MhError ID_TOO_SHORT, AMBIGUOUS_ID (exit 2), and what `notFound` gives
 */
export async function resolveReference(
  reference: string,
  {endingWith, last, notFound}: ReferenceLookup
): Promise<string> {
  if (reference === '@last') {
    const id = await last()
    if (id === undefined) throw notFound(reference)
    return id
  }
  if (!/^[\w.:-]+$/.test(reference) || reference.includes('..')) throw notFound(reference)
  if (reference.length < SHORTEST) {
    if (reference.includes('.')) throw notFound(reference)
    throw usageError(
      'ID_TOO_SHORT',
      `${JSON.stringify(reference)} is too short for an id`,
      `Give at least the last ${SHORTEST} characters`
    )
  }
  const found = [...new Set(await endingWith(reference, MOST_CANDIDATES))]
  if (found.includes(reference)) return reference
  const [only, ...others] = found
  if (only === undefined) throw notFound(reference)
  if (others.length > 0) {
    throw usageError(
      'AMBIGUOUS_ID',
      `${JSON.stringify(reference)} is the ending of more than one id: ${found.join(', ')}`,
      'Give more of its characters'
    )
  }
  return only
}
