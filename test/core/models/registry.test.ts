import {expect, it} from 'vitest'
import {enterContext} from '../../../src/core/backend.ts'
import {readProfileText} from '../../../src/core/documents.ts'
import {readModels} from '../../../src/core/models/registry.ts'
import {inTemporaryHome} from '../../support/home.ts'
import {makePeople, setDocument} from '../../support/profile.ts'

it('reads each person their own models, and keeps keys that it does not know', async () => {
  inTemporaryHome()
  const {ada, bob} = await makePeople('ada', 'bob')
  await setDocument(ada, 'models', {
    defaults: {persona: 'a'},
    models: {a: {provider: 'ollama', model: 'qwen3-coder:30b', adapters: [], note: 'mine'}},
    extra: 1
  })
  expect(await enterContext(ada, readModels)).toMatchObject({
    defaults: {persona: 'a'},
    models: {a: {model: 'qwen3-coder:30b', note: 'mine'}},
    extra: 1
  })
  expect(await enterContext(bob, readModels)).toMatchObject({defaults: {}, models: {}})
})

it.each([
  ['{\n  "models": {\n    "a": oops\n}', /models\.json cannot be read: line 3/],
  ['{"models": {"a": {"provider": "ollama"}}}', /models\.json cannot be read: models\.a\.model/],
  ['[]', /not a JSON object/],
  ['', /line 1/]
])('leaves a broken models.json as it is and says where it is broken: %j', async (text, message) => {
  inTemporaryHome()
  const {ada} = await makePeople('ada')
  await setDocument(ada, 'models', text)
  await expect(enterContext(ada, async () => readModels())).rejects.toThrow(
    expect.objectContaining({code: 'UNREADABLE_FILE', exitCode: 1, message: expect.stringMatching(message)})
  )
  expect(await enterContext(ada, () => readProfileText('etc/models.json'))).toBe(text)
})
