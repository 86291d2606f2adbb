import {backend} from '../backend.ts'
import {isEmpty} from '../users/accounts.ts'
import type {Found} from './finding.ts'

/** Where a database keeps everything: it answers, and somebody says plainly what is not looked at then. */
export async function* storeAnswers(): AsyncGenerator<Found> {
  const store = backend()
  if (store === undefined) return
  await store.refresh()
  yield {
    severity: 'info',
    code: 'KEPT_IN_STORE',
    message: `Everything is kept at ${store.address}${isEmpty() ? ', where nobody has an account yet' : ''}. Permissions of files, edits by other tools and free space are the server's matter`,
    hint: 'mh store status tells more'
  }
}
