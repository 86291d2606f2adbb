import {readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it, onTestFinished, vi} from 'vitest'
import {type UserContext, withUserContext} from '../../../../src/core/context.ts'
import {waitForDiskAside} from '../../../../src/core/disk.ts'
import {holdIndexesOpen} from '../../../../src/core/file-index/held.ts'
import {capture, listMemories, memoryStore, newEvent} from '../../../../src/core/memory/memories.ts'
import {paths} from '../../../../src/core/paths.ts'
import {verifiedTrail} from '../../../support/audit.ts'
import {inTemporaryHome} from '../../../support/home.ts'
import {makePeople} from '../../../support/profile.ts'

let ada: UserContext
let bob: UserContext

beforeEach(async () => {
  inTemporaryHome()
  ;({ada, bob} = await makePeople('ada', 'bob'))
})

afterEach(() => {
  vi.unstubAllEnvs()
})

const captureAs = (user: UserContext, content: string) => withUserContext(user, () => capture({content}))
const contentsOf = (user: UserContext): Promise<string[]> =>
  withUserContext(user, async () => (await listMemories({}, 500)).memories.map(({content}) => content).sort())
const trailOf = (user: UserContext) =>
  withUserContext(user, () => verifiedTrail(paths.audit).filter(({event}) => event === 'memory_captured'))

describe.each(['a command', 'a server'])('what is added at once in %s', (kind) => {
  beforeEach(() => {
    if (kind !== 'a server') return
    const ends = [holdIndexesOpen(), waitForDiskAside()]
    onTestFinished(() => {
      for (const end of ends) end()
    })
  })

  it('becomes each its owner’s memory, with an entry of its own in an unbroken trail', async () => {
    const texts = Array.from({length: 30}, (_, at) => `note ${at}`)
    const made = await Promise.all(
      texts.flatMap((text) => [captureAs(ada, `Ada's ${text}`), captureAs(bob, `Bob's ${text}`)])
    )
    expect(new Set(made.map(({id}) => id)).size).toBe(60)
    expect(await contentsOf(ada)).toEqual(texts.map((text) => `Ada's ${text}`).sort())
    expect(await contentsOf(bob)).toEqual(texts.map((text) => `Bob's ${text}`).sort())
    for (const user of [ada, bob]) {
      const mine = made.filter(({userId}) => userId === user.userId).map(({id}) => id)
      const entries = trailOf(user)
      expect(entries.map(({details}) => details.id).sort()).toEqual(mine.sort())
      expect(new Set(entries.map(({actor}) => actor))).toEqual(new Set([user.username]))
    }
  })

  it('fails alone where it cannot be had', async () => {
    const {path} = await captureAs(ada, 'shows the folder')
    const taken = withUserContext(ada, () => newEvent({content: 'Ada takes a name that a stranger has'}))
    const folder = join(path, '..')
    writeFileSync(join(folder, `${taken.id}.json`), 'no memory')
    const add = withUserContext(ada, () =>
      memoryStore().add([taken], () => ({category: 'data', event: 'memory_captured'}))
    )
    const all = await Promise.allSettled([captureAs(ada, 'one'), add, captureAs(ada, 'two'), captureAs(bob, 'three')])
    expect(all.map(({status}) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    expect(all[1]).toMatchObject({reason: {code: 'FILE_EXISTS'}})
    expect(await contentsOf(ada)).toEqual(['one', 'shows the folder', 'two'])
    expect(await contentsOf(bob)).toEqual(['three'])
    expect(trailOf(ada)).toHaveLength(3)
  })

  it('keeps an id once', async () => {
    const event = withUserContext(ada, () => newEvent({content: 'the same'}))
    const add = () =>
      withUserContext(ada, () => memoryStore().add([event], () => ({category: 'data', event: 'memory_captured'})))
    const added = await Promise.all([add(), add(), add()])
    expect(added.map(([one]) => Object.keys(one ?? {})[0]).sort()).toEqual(['existing', 'existing', 'memory'])
    expect(await contentsOf(ada)).toEqual(['the same'])
    expect(trailOf(ada)).toHaveLength(1)
  })

  it('is acknowledged to nobody, and leaves nothing, where the disk fails', async () => {
    await captureAs(ada, 'before')
    vi.stubEnv('MH_FAULT', 'folder-synced=EIO')
    const all = await Promise.allSettled(['one', 'two', 'three'].map((text) => captureAs(ada, text)))
    vi.unstubAllEnvs()
    expect(all.map(({status}) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(await contentsOf(ada)).toEqual(['before'])
    expect(trailOf(ada)).toHaveLength(1)
    expect(
      withUserContext(ada, () => readdirSync(join(paths.root, '.tmp')).filter((n) => n.startsWith('event')))
    ).toEqual([])
  })
})
