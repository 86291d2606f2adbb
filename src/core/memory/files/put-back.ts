import {placeOrDiscard, stageFile} from '../../files.ts'

/**
 * Gives a memory's file its former bytes again, where the change that replaced them cannot be made durable and audited. A disk that refuses
 * this as well leaves the change as it is; the error of the change is told either way.
 */
export function putBack(temporary: string, {path, bytes}: {path: string; bytes: Uint8Array}): void {
  try {
    placeOrDiscard(stageFile(temporary, 'event', bytes), path)
  } catch {
    return
  }
}
