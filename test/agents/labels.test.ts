import {expect, it} from 'vitest'
import {labelsOf} from '../../src/agents/extract/labels.ts'

it.each([
  [
    'Met Grace Hopper about the compiler at Yale on May 4, and had lunch with Dr. Novak from Siemens.',
    ['compiler', 'lunch'],
    ['Grace Hopper', 'Yale', 'May 4', 'Dr. Novak', 'Siemens']
  ],
  [
    'We walked along the Thames in London. Acme Heating Ltd. serviced the boiler.',
    ['boiler'],
    ['Thames', 'London', 'Acme Heating Ltd']
  ],
  ["Ines's birthday is on Friday", ['birthday'], ['Ines', 'Friday']],
  // Names that are in no class are kept.
  ['Talked with Tariq about Project Phoenix and Kubernetes', [], ['Tariq', 'Project Phoenix', 'Kubernetes']],
  ['Two bicycles and a bicycle', ['bicycle'], []],
  ['Call the plumber tomorrow at 5pm', ['plumber'], []],
  ['went running, felt tired', [], []],
  ['', [], []]
])('%s', async (text, tags, entities) => {
  expect(await labelsOf(text, 'en')).toEqual({tags, entities})
})

it('gives the same labels each time, and reads a long text no further than its beginning', async () => {
  const text = `Grace moved to Lyon. ${'The harbour was quiet. '.repeat(200)}`
  expect(await labelsOf(text, 'en')).toEqual(await labelsOf(text, 'en'))
  const end = `${'quiet '.repeat(5000)}Zanzibar`
  expect((await labelsOf(end, 'en')).entities).toEqual([])
})

it('goes by how names are written where it knows no grammar', async () => {
  expect(await labelsOf('Hier j’ai vu Marie Curie à Paris. Le laboratoire, le laboratoire!', 'fr')).toEqual({
    tags: ['laboratoire'],
    entities: ['Marie Curie', 'Paris']
  })
  // Every German noun has a capital.
  expect((await labelsOf('Gestern traf ich im Garten Angela Merkel mit Hund', 'de')).entities).toEqual([
    'Garten Angela Merkel'
  ])
})
