import {describe, expect, it} from 'vitest'
import type {EpisodicEvent} from '../../../src/core/memory/event.ts'
import {changedByAgent, madeByAgent, makerOf, runsOf, takeBack} from '../../../src/core/memory/provenance.ts'

const AT = '2026-05-04T10:00:00.000Z'
const captured: EpisodicEvent = {
  id: 'evt-1',
  timestamp: AT,
  content: 'Met Grace in London',
  type: 'observation',
  entities: [],
  tags: ['friends'],
  importance: 0.5,
  links: [],
  userId: 'ada',
  metadata: {processed: false, source: 'phone'}
}
const organizer = {agent: 'organizer', run: 'run-1', engine: 'ollama', model: 'llama3:8b'}
const found = {tags: ['Friends', 'travel'], entities: ['Grace', 'London', 'grace']}

describe('what an agent adds to a memory', () => {
  it('is what it has not yet, whatever the case, and everything else stays', () => {
    const changed = changedByAgent(captured, found, organizer, AT)
    expect(changed).toMatchObject({
      content: 'Met Grace in London',
      tags: ['friends', 'travel'],
      entities: ['Grace', 'London'],
      metadata: {processed: true, processedAt: AT, run: 'run-1', model: 'llama3:8b', source: 'phone'}
    })
    expect(runsOf(changed)).toEqual(['run-1'])
    expect(makerOf(changed)).toBeUndefined()
  })

  it('leaves alone which engine wrote the memory', () => {
    const turn = {...captured, metadata: {engine: 'openai', model: 'gpt'}}
    expect(changedByAgent(turn, found, organizer, AT).metadata).toMatchObject({engine: 'openai', model: 'gpt'})
  })

  it('can be taken back, to the last key', () => {
    const taken = takeBack(changedByAgent(captured, found, organizer, AT), 'run-1')
    expect(taken).toEqual({event: captured})
  })

  it('stays where a person edited the memory since', () => {
    const changed = changedByAgent(captured, found, organizer, AT)
    expect(takeBack({...changed, content: 'Met Grace in Leeds'}, 'run-1')).toBe('edited')
    expect(takeBack({...changed, tags: [...changed.tags, 'mine']}, 'run-1')).toBe('edited')
    expect(takeBack({...changed, metadata: {...changed.metadata, private: true}}, 'run-1')).toHaveProperty('event')
    expect(takeBack(changed, 'run-2')).toBe('untouched')
    expect(takeBack(captured, 'run-1')).toBe('untouched')
  })

  it('is taken back without what another agent added, in either order', () => {
    const both = changedByAgent(
      changedByAgent(captured, found, organizer, AT),
      {tags: ['calm'], entities: ['Thames']},
      {agent: 'mood', run: 'run-2'},
      AT
    )
    const withoutFirst = takeBack(both, 'run-1')
    expect(withoutFirst).toMatchObject({
      event: {tags: ['friends', 'calm'], entities: ['Thames'], metadata: {run: 'run-2'}}
    })
    if (typeof withoutFirst !== 'object') throw new Error('nothing was taken back')
    expect(takeBack(withoutFirst.event, 'run-2')).toMatchObject({event: {tags: ['friends'], entities: []}})
    const withoutSecond = takeBack(both, 'run-2')
    if (typeof withoutSecond !== 'object') throw new Error('nothing was taken back')
    expect(withoutSecond.event).toMatchObject({tags: ['friends', 'travel'], metadata: {run: 'run-1'}})
    expect(takeBack(withoutSecond.event, 'run-1')).toMatchObject({event: {tags: ['friends'], entities: []}})
  })
})

describe('what an agent makes', () => {
  const made = madeByAgent(captured, {agent: 'reflector', run: 'run-3', engine: 'recall', model: null})

  it('says who made it, and by which engine', () => {
    expect(made.metadata).toMatchObject({run: 'run-3', engine: 'recall', model: null})
    expect(makerOf(made)).toBe('reflector')
    expect(runsOf(made)).toEqual(['run-3'])
  })

  it('goes as a whole, also where another agent added to it, and stays where a person edited it', () => {
    const organized = changedByAgent(made, found, organizer, AT)
    expect(takeBack(made, 'run-3')).toBe('made')
    expect(takeBack(organized, 'run-3')).toBe('made')
    expect(takeBack({...organized, importance: 1}, 'run-3')).toBe('edited')
  })

  it('is read leniently: whatever a person wrote there is no mark of a run', () => {
    expect(runsOf({metadata: {madeBy: 'me', changedBy: [1, {run: 2}, null]}})).toEqual([])
    expect(takeBack({...captured, metadata: {changedBy: 'x', run: 'run-1'}}, 'run-1')).toBe('untouched')
  })
})
