import {mkdirSync, writeFileSync} from 'node:fs'
import {dirname} from 'node:path'
import {expect, it, onTestFinished} from 'vitest'
import {withUserContext} from '../../../src/core/context.ts'
import {openEngine} from '../../../src/core/models/engine.ts'
import {keyFor} from '../../../src/core/models/keys.ts'
import {systemPaths} from '../../../src/core/system-paths.ts'
import {inTemporaryHome} from '../../support/home.ts'
import {startModelServer} from '../../support/model-server.ts'
import {makePeople, setDocument} from '../../support/profile.ts'

const environment = {ADA_KEY: 'sk-of-ada', SHARED_KEY: 'sk-of-all'}

it("refuses ada's variable to bob in a shared process, and sends nothing to his server", async () => {
  inTemporaryHome()
  const {ada, bob} = await makePeople('ada', 'bob')
  const server = await startModelServer()
  onTestFinished(server.close)
  const models = {
    defaults: {persona: 'mine'},
    models: {mine: {provider: 'openai-compatible', model: 'llama3:8b', baseURL: server.baseURL, apiKeyEnv: 'ADA_KEY'}}
  }
  setDocument(bob, 'models', models)
  setDocument(ada, 'models', models)
  grant({ada: ['ADA_KEY'], bob: ['SHARED_KEY']})
  const refused = withUserContext(bob, () => openEngine({role: 'persona'}, {environment, shared: true}))
  await expect(refused).rejects.toMatchObject({
    code: 'KEY_NOT_GRANTED',
    exitCode: 4,
    message: expect.stringMatching(/bob.*ADA_KEY/),
    hint: expect.not.stringContaining('sk-of-ada')
  })
  expect(server.requests).toEqual([])
  expect(
    (await withUserContext(ada, () => openEngine({role: 'persona'}, {environment, shared: true}))).engine.model
  ).toBe('llama3:8b')
})

it('gives only what was granted, by exact name, and everything where a process serves one person', async () => {
  inTemporaryHome()
  const {ada, bob} = await makePeople('ada', 'bob')
  grant({bob: ['SHARED_KEY'], ada: 'ADA_KEY'})
  const key = (user: typeof ada, apiKeyEnv: string, shared: boolean): string | undefined =>
    withUserContext(user, () => keyFor({id: 'm', apiKeyEnv}, {environment, shared}))
  expect(key(bob, 'SHARED_KEY', true)).toBe('sk-of-all')
  expect(() => key(bob, 'SHARED', true)).toThrow('may not use')
  expect(() => key(ada, 'ADA_KEY', true)).toThrow('may not use')
  expect(key(bob, 'ADA_KEY', false)).toBe('sk-of-ada')
  expect(() => key(bob, 'NOT_SET', false)).toThrow('NOT_SET')
  expect(withUserContext(bob, () => keyFor({id: 'm'}, {environment, shared: true}))).toBeUndefined()
})

function grant(keyGrants: Record<string, unknown>): void {
  mkdirSync(dirname(systemPaths.config), {recursive: true})
  writeFileSync(systemPaths.config, JSON.stringify({models: {keyGrants}}))
}
