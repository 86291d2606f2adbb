import {describe, expect, it} from 'vitest'
import {undoRun} from '../../src/agents/undo.ts'
import {runStore} from '../../src/core/agents/runs.ts'
import {enterContext} from '../../src/core/backend.ts'
import type {UserContext} from '../../src/core/context.ts'
import {editMemory} from '../../src/core/memory/edit.ts'
import {memoryStore} from '../../src/core/memory/memories.ts'
import {requireUser} from '../../src/core/users/accounts.ts'
import {memoriesOf, remember, runFor, turnFor} from '../support/agents.ts'
import {inTemporaryHome} from '../support/home.ts'
import {makePeople, setDocument} from '../support/profile.ts'

const undo = (person: UserContext, run: string) => enterContext(person, () => undoRun(run))

describe('a run that is taken back', () => {
  it('leaves memories as they were, byte for byte', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const before = await remember(ada, 'Tea with Grace in London', {content: 'Grace sold the boat', tags: ['mine']})
    const {id} = await turnFor(ada, 'organizer')
    expect(await memoriesOf(ada)).not.toEqual(before.toReversed())
    const undone = await undo(ada, id)
    expect(undone).toMatchObject({run: id, agent: 'organizer', removed: [], kept: [], learnings: null})
    expect(undone.restored.sort()).toEqual(before.map((event) => event.id).sort())
    expect(await memoriesOf(ada)).toEqual(before.toReversed())
    expect(await turnFor(ada, 'organizer')).toMatchObject({processed: 2})
  })

  it('puts what it made into the trash, also what another agent added to meanwhile', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    await remember(ada, 'Tea with Grace', 'Grace sold the boat', 'Grace came home')
    const {id} = await turnFor(ada, 'reflector')
    const undone = await undo(ada, '@last')
    expect(undone).toMatchObject({run: id, restored: [], kept: []})
    expect(undone.removed).toHaveLength(2)
    expect((await memoriesOf(ada)).map(({type}) => type)).toEqual(['observation', 'observation', 'observation'])
    expect(await enterContext(ada, () => memoryStore().trashed())).toHaveLength(2)
    expect(await enterContext(ada, () => runStore().list(1))).toMatchObject([{id, undoneAt: expect.any(String)}])
    await expect(undo(ada, '@last')).rejects.toMatchObject({code: 'RUN_NOT_FOUND', exitCode: 3})
  })

  it('keeps and tells what a person edited since', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    const [tea] = await remember(ada, 'Tea with Grace in London', 'Grace sold the boat', 'Grace came home')
    const organized = await turnFor(ada, 'organizer')
    const reflected = await turnFor(ada, 'reflector')
    const reflection = (await memoriesOf(ada)).find(({type}) => type === 'reflection')
    await enterContext(ada, () => editMemory(tea?.id ?? '', {addTags: ['mine']}))
    await enterContext(ada, () => editMemory(reflection?.id ?? '', {content: 'My own words'}))
    expect(await undo(ada, organized.id)).toMatchObject({
      kept: [tea?.id],
      restored: [expect.any(String), expect.any(String)]
    })
    expect(await undo(ada, reflected.id)).toMatchObject({kept: [reflection?.id], removed: [expect.any(String)]})
    const left = await memoriesOf(ada)
    expect(left.find(({id}) => id === tea?.id)).toMatchObject({
      tags: expect.arrayContaining(['mine']),
      entities: expect.arrayContaining(['London'])
    })
    expect(left.find(({id}) => id === reflection?.id)?.content).toBe('My own words')
  })

  it('is the own part of it: what others were given by the same run stays theirs', async () => {
    inTemporaryHome()
    const {ada, bob} = await makePeople('ada', 'bob')
    await remember(ada, 'Tea in London')
    await remember(bob, 'Tea in Paris')
    const [run] = await runFor(ada, ['organizer'], {users: [await requireUser('ada'), await requireUser('bob')]})
    expect(await undo(ada, run?.id ?? '')).toMatchObject({restored: [expect.any(String)]})
    expect((await memoriesOf(bob))[0]).toMatchObject({entities: ['Paris']})
    const other = await turnFor(bob, 'organizer')
    await expect(undo(ada, other.id)).rejects.toMatchObject({code: 'RUN_NOT_FOUND'})
  })

  it('needs a mode and a role in which memories may be changed', async () => {
    inTemporaryHome()
    const {ada} = await makePeople('ada')
    await remember(ada, 'Tea in London')
    const {id} = await turnFor(ada, 'organizer')
    await setDocument(ada, 'cognitiveMode', {currentMode: 'emulation'})
    await expect(undo(ada, id)).rejects.toMatchObject({code: 'NOT_ALLOWED_IN_MODE', exitCode: 4})
  })
})
