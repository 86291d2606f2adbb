import {describe, expect, it} from 'vitest'
import {changedCore, fieldsOfCore} from '../../src/http/pages/persona-fields.ts'

const CORE = {
  version: '1.0.0',
  identity: {name: 'Ada', role: 'companion', motto: 'kept'},
  personality: {
    communicationStyle: {tone: ['warm', 'clear'], humor: 'dry'},
    traits: {openness: 0.7, curiosity: 0.9},
    archetypes: ['archivist']
  },
  values: {core: [{value: 'honesty', description: 'Say what is', priority: 3}], boundaries: ['No diagnosis']},
  context: {any: 'thing'}
}

describe('the form of a persona', () => {
  it('saved unchanged changes nothing', () => {
    expect(changedCore(CORE, fieldsOfCore(CORE))).toEqual(CORE)
    expect(changedCore({}, fieldsOfCore({}))).toEqual({
      identity: {},
      personality: {communicationStyle: {}, traits: {}},
      values: {}
    })
  })

  it('changes what it says and keeps what it does not show', () => {
    const fields = {
      ...fieldsOfCore(CORE),
      role: 'mirror',
      tone: 'calm',
      openness: '0.8',
      values: 'honesty: Always\r\ncare'
    }
    expect(changedCore(CORE, fields)).toEqual({
      ...CORE,
      identity: {...CORE.identity, role: 'mirror'},
      personality: {
        ...CORE.personality,
        communicationStyle: {tone: ['calm'], humor: 'dry'},
        traits: {openness: 0.8, curiosity: 0.9}
      },
      values: {
        ...CORE.values,
        core: [
          {value: 'honesty', description: 'Always', priority: 3},
          {value: 'care', description: '', priority: 2}
        ]
      }
    })
  })

  it('takes an emptied trait away, and refuses one that is no share', () => {
    expect(changedCore(CORE, {...fieldsOfCore(CORE), openness: ''})).toMatchObject({
      personality: {traits: {curiosity: 0.9}}
    })
    for (const wrong of ['2', '-1', 'much'])
      expect(() => changedCore(CORE, {...fieldsOfCore(CORE), openness: wrong})).toThrow('cannot be the openness')
  })
})
