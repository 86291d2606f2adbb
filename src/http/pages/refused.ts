import {MhError} from '../../core/errors.ts'

/** What `fn` gives, or the error that a person can do something about; other errors go on. */
export async function refused<T>(fn: () => Promise<T> | T): Promise<{value: T} | {error: MhError}> {
  try {
    return {value: await fn()}
  } catch (error) {
    if (error instanceof MhError) return {error}
    throw error
  }
}
