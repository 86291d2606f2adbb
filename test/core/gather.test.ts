import {expect, it} from 'vitest'
import {gather} from '../../src/core/gather.ts'

/** A door that lets one in when it is opened. */
function door(): {opened: Promise<void>; open: () => void} {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return {opened, open}
}

it('does together what came until the first had its turn, each with an outcome of its own', async () => {
  const {bring} = gather<number, string>()
  const {opened, open} = door()
  const groups: number[][] = []
  const run = async (take: () => number[]) => {
    await opened
    const items = take()
    groups.push(items)
    return items.map((item) => (item === 2 ? {error: new Error('not 2')} : {result: `did ${item}`}))
  }
  const all = [1, 2, 3].map((item) => bring('ada', item, run))
  const other = bring('bob', 4, run)
  open()
  expect(
    (await Promise.allSettled([...all, other])).map((one) => ('value' in one ? one.value : one.reason.message))
  ).toEqual(['did 1', 'not 2', 'did 3', 'did 4'])
  expect(groups).toEqual([[1, 2, 3], [4]])
})

it('lets what comes later go on its own', async () => {
  const {bring} = gather<number, number>()
  const {opened, open} = door()
  const run = async (take: () => number[]) => {
    const items = take()
    await opened
    return items.map((result) => ({result}))
  }
  const first = bring('ada', 1, run)
  const second = bring('ada', 2, run)
  open()
  expect(await Promise.all([first, second])).toEqual([1, 2])
})

it('tells everybody where nothing could be begun, and begins anew afterwards', async () => {
  const {bring} = gather<number, number>()
  const {opened, open} = door()
  const locked = async (): Promise<never> => {
    await opened
    throw new Error('locked')
  }
  const all = [1, 2].map((item) => bring('ada', item, locked))
  open()
  for (const one of await Promise.allSettled(all))
    expect(one).toMatchObject({status: 'rejected', reason: {message: 'locked'}})
  expect(await bring('ada', 3, async (take) => take().map((result) => ({result})))).toBe(3)
})

it('waits for what was announced before it goes for the lock, and for nothing that fails', async () => {
  const {announce, bring} = gather<number, number>()
  const groups: number[][] = []
  const run = async (take: () => number[]) => {
    const items = take()
    groups.push(items)
    return items.map((result) => ({result}))
  }
  const {opened, open} = door()
  const second = announce(
    'ada',
    opened.then(() => 2)
  ).then((item) => bring('ada', item, run))
  const failed = announce(
    'ada',
    opened.then(() => {
      throw new Error('full')
    })
  )
  const first = announce('ada', Promise.resolve(1)).then((item) => bring('ada', item, run))
  const other = await announce('bob', Promise.resolve(3)).then((item) => bring('bob', item, run))
  expect([other, groups]).toEqual([3, [[3]]])
  open()
  await expect(failed).rejects.toThrow('full')
  expect(await Promise.all([first, second])).toEqual([1, 2])
  expect(groups).toEqual([[3], [1, 2]])
})
