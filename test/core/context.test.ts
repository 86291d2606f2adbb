import fc from 'fast-check'
import {beforeEach, describe, expect, it} from 'vitest'
import {
  ANONYMOUS,
  getUserContext,
  type UserContext,
  withoutUserContext,
  withUserContext
} from '../../src/core/context.ts'
import {AccessDeniedError, NoUserContextError} from '../../src/core/errors.ts'
import {capture, listMemories, memoryStore, searchMemories} from '../../src/core/memory/memories.ts'
import {paths} from '../../src/core/paths.ts'
import {listUsers} from '../../src/core/users/accounts.ts'
import {createUser} from '../../src/core/users/create.ts'
import {contextOf} from '../../src/core/users/identify.ts'
import {type Home, inTemporaryHome} from '../support/home.ts'

let home: Home
let people: UserContext[]

beforeEach(async () => {
  home = inTemporaryHome()
  await createUser({username: 'ada'})
  const [ada] = listUsers().map(contextOf)
  for (const username of ['bob', 'eve']) await withUserContext(ada as UserContext, () => createUser({username}))
  people = listUsers().map(contextOf)
})

describe('outside a context', () => {
  it('every way to user data throws', async () => {
    expect(() => paths.episodic).toThrow(NoUserContextError)
    await expect(capture({content: 'x'})).rejects.toThrow(NoUserContextError)
    await expect(searchMemories('x')).rejects.toThrow(NoUserContextError)
    await expect(listMemories({})).rejects.toThrow(NoUserContextError)
    await expect(memoryStore().counts()).rejects.toThrow(NoUserContextError)
    await expect(memoryStore().add([], () => ({category: 'data', event: 'x'}))).rejects.toThrow(NoUserContextError)
  })

  it('the anonymous one is refused', async () => {
    await withUserContext(ANONYMOUS, async () => {
      expect(() => paths.root).toThrow(AccessDeniedError)
      await expect(capture({content: 'x'})).rejects.toThrow(AccessDeniedError)
      await expect(searchMemories('x')).rejects.toThrow(AccessDeniedError)
    })
  })

  it('a context does not stay behind, and can be left', async () => {
    const [ada] = people as [UserContext]
    await withUserContext(ada, async () => {
      await new Promise((resolve) => setTimeout(resolve, 1))
      expect(getUserContext()?.username).toBe('ada')
      expect(withoutUserContext(() => getUserContext())).toBeUndefined()
    })
    expect(getUserContext()).toBeUndefined()
  })
})

describe('any interleaving of contexts', () => {
  /** A tree of work: at each node a person, whether to write, and what runs inside, in parallel. */
  interface Work {
    person: number
    pause: number
    writes: boolean
    inside: Work[]
  }

  const work = fc.letrec<{work: Work}>((tie) => ({
    work: fc.record({
      person: fc.nat(2),
      pause: fc.nat(3),
      writes: fc.boolean(),
      inside: fc.oneof(
        {depthSize: 'small', withCrossShrink: true},
        fc.constant<Work[]>([]),
        fc.array(tie('work'), {maxLength: 3})
      )
    })
  })).work

  it('never resolves a path or writes a record outside its own profile', async () => {
    const written = new Map<string, number>()
    const run = async ({person, pause, writes, inside}: Work): Promise<void> => {
      const user = people[person] as UserContext
      await withUserContext(user, async () => {
        const own = `${home.root}/profiles/${user.username}`
        expect(paths.root).toBe(own)
        const nested = Promise.all(inside.map(run))
        if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause))
        expect(paths.episodic).toBe(`${own}/memory/episodic`)
        if (writes) {
          const {path, userId} = await capture({content: `marker-${user.username}`})
          expect(path.startsWith(`${own}/`)).toBe(true)
          expect(userId).toBe(user.userId)
          written.set(user.username, (written.get(user.username) ?? 0) + 1)
        }
        await nested
        expect(getUserContext()?.userId).toBe(user.userId)
        expect(paths.root).toBe(own)
      })
    }
    await fc.assert(
      fc.asyncProperty(fc.array(work, {minLength: 1, maxLength: 4}), async (all) => {
        await Promise.all(all.map(run))
      }),
      {numRuns: 25}
    )
    for (const user of people) {
      await withUserContext(user, async () => {
        const {memories, total} = await listMemories({}, 500)
        expect(total).toBe(written.get(user.username) ?? 0)
        expect(new Set(memories.map(({content}) => content)).size).toBeLessThanOrEqual(1)
        for (const {content, userId} of memories) {
          expect(content).toBe(`marker-${user.username}`)
          expect(userId).toBe(user.userId)
        }
      })
    }
  })
})
