import {expect, it} from 'vitest'
import {starterProfile} from '../../../src/core/users/starter.ts'

const NOW = '2026-05-04T22:30:00.000Z'

it('begins a profile with every document that one has, without a model', () => {
  const files = starterProfile({username: 'ada'}, NOW, 'Europe/Berlin')
  expect(Object.keys(files).sort()).toEqual(
    [
      ...['agents', 'boredom', 'cognitive-mode', 'ingestor', 'models', 'profile', 'sleep', 'training'].map(
        (name) => `etc/${name}.json`
      ),
      ...[
        'core',
        'decision-rules',
        'facets',
        'facets/antagonist',
        'facets/default',
        'facets/friend',
        'facets/poet',
        'facets/thinker',
        'relationships',
        'routines'
      ].map((name) => `persona/${name}.json`)
    ].sort()
  )
  expect(files['etc/models.json']).toMatchObject({defaults: {}, models: {}})
  expect(files['etc/cognitive-mode.json']).toEqual({currentMode: 'dual', lastChanged: NOW, history: []})
  expect(files['etc/profile.json']).toMatchObject({timezone: 'Europe/Berlin', language: 'en'})
  expect(files['etc/agents.json']).toMatchObject({
    agents: {
      ingestor: {enabled: true},
      organizer: {enabled: true},
      reflector: {enabled: true},
      dreamer: {enabled: true}
    }
  })
})

it('takes names from the account and nowhere else: two profiles differ in nothing but them', () => {
  const [ada, bob] = [
    starterProfile({username: 'ada', displayName: 'Ada L.', email: 'ada@example.org'}, NOW, 'UTC'),
    starterProfile({username: 'bob'}, NOW, 'UTC')
  ]
  expect(ada['persona/core.json']).toMatchObject({
    identity: {name: 'Ada L.', humanName: 'Ada L.', email: 'ada@example.org'}
  })
  expect(bob['persona/core.json']).toMatchObject({identity: {name: 'bob', humanName: 'bob', email: ''}})
  expect(JSON.stringify(ada).replaceAll('Ada L.', 'bob').replaceAll('ada@example.org', '')).toBe(JSON.stringify(bob))
})
