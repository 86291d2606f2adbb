import {expect, it, vi} from 'vitest'
import {withUserContext} from '../../../../src/core/context.ts'
import {capture, memoryStore} from '../../../../src/core/memory/memories.ts'
import {inTemporaryHome} from '../../../support/home.ts'
import {makePeople} from '../../../support/profile.ts'

it('the trash keeps what is in it where nothing can be written about that it is emptied', async () => {
  inTemporaryHome()
  const {ada} = await makePeople('ada')
  await withUserContext(ada, async () => {
    const {id} = await capture({content: 'not wanted any more'})
    await memoryStore().trash([id])
    vi.stubEnv('MH_FAULT', 'audit-line=EIO')
    await expect(memoryStore().emptyTrash()).rejects.toThrow('the disk reports an error')
    vi.unstubAllEnvs()
    expect((await memoryStore().trashed()).map(({event}) => event.id)).toEqual([id])
    expect(await memoryStore().emptyTrash()).toBe(1)
  })
})
