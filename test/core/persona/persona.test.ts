import {symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {enterContext} from '../../../src/core/backend.ts'
import type {UserContext} from '../../../src/core/context.ts'
import {readProfileText} from '../../../src/core/documents.ts'
import {PROFILE_LAYOUT, paths} from '../../../src/core/paths.ts'
import {type Persona, readPersona} from '../../../src/core/persona/persona.ts'
import {inTemporaryHome} from '../../support/home.ts'
import {itOverFiles} from '../../support/over-files.ts'
import {makePeople, setDocument} from '../../support/profile.ts'

const as = (user: UserContext, facet?: string): Promise<Persona> => enterContext(user, () => readPersona(facet))

it('gives every person the starter persona under their own name', async () => {
  inTemporaryHome()
  const {ada, bob} = await makePeople('ada', 'bob')
  expect((await as(ada)).core.identity?.name).toBe('ada')
  expect((await as(bob)).core.identity?.name).toBe('bob')
  expect((await as(ada)).facet).toMatchObject({id: 'default', name: 'Default'})
})

it('lays a facet over the core: what it says counts, what it leaves out stays', async () => {
  inTemporaryHome()
  const {ada} = await makePeople('ada')
  const [core, poet] = [(await as(ada)).core, (await as(ada, 'poet')).core]
  expect(poet.identity).toMatchObject({name: 'ada', role: 'poet of the everyday'})
  expect(poet.personality?.archetypes).toEqual(['poet', 'wanderer'])
  expect(poet.values?.boundaries).toEqual(core.values?.boundaries)
})

it('ships five facets, each a character of its own', async () => {
  inTemporaryHome()
  const {ada} = await makePeople('ada')
  const facets = await Promise.all(
    ['default', 'poet', 'thinker', 'friend', 'antagonist'].map(async (facet) => (await as(ada, facet)).core.personality)
  )
  for (const part of ['communicationStyle', 'traits', 'archetypes', 'aesthetic'] as const) {
    expect(new Set(facets.map((personality) => JSON.stringify(personality?.[part]))).size).toBe(5)
  }
})

it('names the nearest facets for one that is not there or turned off', async () => {
  inTemporaryHome()
  const {ada} = await makePeople('ada')
  await expect(as(ada, 'poett')).rejects.toThrow(
    expect.objectContaining({code: 'FACET_NOT_FOUND', exitCode: 3, hint: 'Did you mean poet?'})
  )
  await setDocument(ada, 'facetIndex', {activeFacet: 'gone', facets: {gone: {enabled: false}}})
  await expect(as(ada)).rejects.toThrow(/turned off/)
})

it('does with no facets at all, and takes a single word for a list', async () => {
  inTemporaryHome()
  const {ada} = await makePeople('ada')
  await setDocument(ada, 'facetIndex', {})
  await setDocument(ada, 'personaCore', {
    personality: {communicationStyle: {tone: 'dry'}},
    goals: {shortTerm: ['rest']}
  })
  expect((await as(ada)).core).toMatchObject({
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
  await setDocument(ada, 'personaCore', text)
  await expect(as(ada)).rejects.toThrow(
    expect.objectContaining({code: 'UNREADABLE_FILE', exitCode: 1, message: expect.stringMatching(message)})
  )
})

itOverFiles('refuses a facet whose file lies outside the persona, by dots or by a link', async () => {
  const {root} = inTemporaryHome()
  const {ada, bob} = await makePeople('ada', 'bob')
  const secret = join(root, 'secret.json')
  writeFileSync(secret, '{"identity": {"name": "stolen"}}')
  enterContext(ada, () => symlinkSync(secret, join(paths.facets, 'link.json')))
  for (const personaFile of ['../../../secret.json', 'facets/link.json', '../../bob/persona/core.json']) {
    await setDocument(ada, 'facetIndex', {activeFacet: 'a', facets: {a: {personaFile}}})
    await expect(as(ada)).rejects.toThrow(expect.objectContaining({code: 'ACCESS_DENIED', exitCode: 4}))
  }
  expect((await as(bob)).core.identity?.name).toBe('bob')
})

it.each([
  ['[1, 2]', /facets\.json cannot be read/],
  ['{"facets": {"poet": ', /facets\.json cannot be read: line 1/],
  ['{"facets": ["poet"]}', /facets\.json cannot be read: facets/],
  ['{"activeFacet": 7, "facets": {}}', /facets\.json cannot be read: activeFacet/]
])('says where a damaged list of facets is damaged, and leaves it: %j', async (text, message) => {
  inTemporaryHome()
  const {ada, bob} = await makePeople('ada', 'bob')
  await setDocument(ada, 'facetIndex', text)
  await expect(as(ada)).rejects.toThrow(
    expect.objectContaining({code: 'UNREADABLE_FILE', exitCode: 1, message: expect.stringMatching(message)})
  )
  expect(await enterContext(ada, () => readProfileText(PROFILE_LAYOUT.facetIndex))).toBe(text)
  expect((await as(bob)).core.identity?.name).toBe('bob')
})
