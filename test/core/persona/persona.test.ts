import {readFileSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {type UserContext, withUserContext} from '../../../src/core/context.ts'
import {paths} from '../../../src/core/paths.ts'
import {type Persona, readPersona} from '../../../src/core/persona/persona.ts'
import {inTemporaryHome} from '../../support/home.ts'
import {makePeople, setDocument} from '../../support/profile.ts'

const as = (user: UserContext, facet?: string): Persona => withUserContext(user, () => readPersona(facet))

it('gives every person the starter persona under their own name', async () => {
  inTemporaryHome()
  const {ada, bob} = await makePeople('ada', 'bob')
  expect(as(ada).core.identity?.name).toBe('ada')
  expect(as(bob).core.identity?.name).toBe('bob')
  expect(as(ada).facet).toMatchObject({id: 'default', name: 'Default'})
})

it('lays a facet over the core: what it says counts, what it leaves out stays', async () => {
  inTemporaryHome()
  const {ada} = await makePeople('ada')
  const [core, poet] = [as(ada).core, as(ada, 'poet').core]
  expect(poet.identity).toMatchObject({name: 'ada', role: 'poet of the everyday'})
  expect(poet.personality?.archetypes).toEqual(['poet', 'wanderer'])
  expect(poet.values?.boundaries).toEqual(core.values?.boundaries)
})

it('ships five facets, each a character of its own', async () => {
  inTemporaryHome()
  const {ada} = await makePeople('ada')
  const facets = ['default', 'poet', 'thinker', 'friend', 'antagonist'].map((facet) => as(ada, facet).core.personality)
  for (const part of ['communicationStyle', 'traits', 'archetypes', 'aesthetic'] as const) {
    expect(new Set(facets.map((personality) => JSON.stringify(personality?.[part]))).size).toBe(5)
  }
})

it('names the nearest facets for one that is not there or turned off', async () => {
  inTemporaryHome()
  const {ada} = await makePeople('ada')
  expect(() => as(ada, 'poett')).toThrow(
    expect.objectContaining({code: 'FACET_NOT_FOUND', exitCode: 3, hint: 'Did you mean poet?'})
  )
  setDocument(ada, 'facetIndex', {activeFacet: 'gone', facets: {gone: {enabled: false}}})
  expect(() => as(ada)).toThrow(/turned off/)
})

it('does with no facets at all, and takes a single word for a list', async () => {
  inTemporaryHome()
  const {ada} = await makePeople('ada')
  setDocument(ada, 'facetIndex', {})
  setDocument(ada, 'personaCore', {personality: {communicationStyle: {tone: 'dry'}}, goals: {shortTerm: ['rest']}})
  expect(as(ada).core).toMatchObject({
    personality: {communicationStyle: {tone: ['dry']}},
    goals: {shortTerm: [{goal: 'rest'}]}
  })
})

it.each([
  ['{\n"identity": {\n', /core\.json cannot be read: line 2/],
  ['{"personality": {"traits": {"openness": 40}}}', /core\.json cannot be read: personality\.traits\.openness/]
])('says where a damaged core is damaged: %j', async (text, message) => {
  inTemporaryHome()
  const {ada} = await makePeople('ada')
  setDocument(ada, 'personaCore', text)
  expect(() => as(ada)).toThrow(
    expect.objectContaining({code: 'UNREADABLE_FILE', exitCode: 1, message: expect.stringMatching(message)})
  )
})

it('refuses a facet whose file lies outside the persona, by dots or by a link', async () => {
  const {root} = inTemporaryHome()
  const {ada, bob} = await makePeople('ada', 'bob')
  const secret = join(root, 'secret.json')
  writeFileSync(secret, '{"identity": {"name": "stolen"}}')
  withUserContext(ada, () => symlinkSync(secret, join(paths.facets, 'link.json')))
  for (const personaFile of ['../../../secret.json', 'facets/link.json', '../../bob/persona/core.json']) {
    setDocument(ada, 'facetIndex', {activeFacet: 'a', facets: {a: {personaFile}}})
    expect(() => as(ada)).toThrow(expect.objectContaining({code: 'ACCESS_DENIED', exitCode: 4}))
  }
  expect(as(bob).core.identity?.name).toBe('bob')
})

it.each([
  ['[1, 2]', /facets\.json cannot be read/],
  ['{"facets": {"poet": ', /facets\.json cannot be read: line 1/],
  ['{"facets": ["poet"]}', /facets\.json cannot be read: facets/],
  ['{"activeFacet": 7, "facets": {}}', /facets\.json cannot be read: activeFacet/]
])('says where a damaged list of facets is damaged, and leaves it: %j', async (text, message) => {
  inTemporaryHome()
  const {ada, bob} = await makePeople('ada', 'bob')
  setDocument(ada, 'facetIndex', text)
  expect(() => as(ada)).toThrow(
    expect.objectContaining({code: 'UNREADABLE_FILE', exitCode: 1, message: expect.stringMatching(message)})
  )
  expect(withUserContext(ada, () => readFileSync(paths.facetIndex, 'utf8'))).toBe(text)
  expect(as(bob).core.identity?.name).toBe('bob')
})
