import {expect, it} from 'vitest'
import {followAudit} from '../../../src/core/audit/read.ts'
import {auditProfile} from '../../../src/core/audit.ts'
import {withUserContext} from '../../../src/core/context.ts'
import {withProfileLock} from '../../../src/core/locks.ts'
import {inTemporaryHome} from '../../support/home.ts'
import {makePeople} from '../../support/profile.ts'

it('what is added before the entries are asked for comes too, and nothing of another person', async () => {
  inTemporaryHome()
  const {ada, bob} = await makePeople('ada', 'bob')
  const note = (person: typeof ada, event: string): Promise<void> =>
    withProfileLock(person.userId, (lock) => auditProfile(lock, {category: 'action', event}))
  const stop = new AbortController()
  const seen: string[] = []
  await withUserContext(ada, async () => {
    const added = await followAudit({kind: 'own'})
    await note(bob, 'of_bob')
    await note(ada, 'before')
    for await (const {event} of added({}, stop.signal, 1)) {
      seen.push(event)
      if (event === 'before') await note(ada, 'after')
      else stop.abort()
    }
  })
  expect(seen).toEqual(['before', 'after'])
})
