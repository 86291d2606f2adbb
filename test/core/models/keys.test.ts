import {expect, it, onTestFinished} from 'vitest'
import {enterContext} from '../../../src/core/backend.ts'
import {writeRootConfig} from '../../../src/core/config.ts'
import {openEngine} from '../../../src/core/models/engine.ts'
import {keyFor} from '../../../src/core/models/keys.ts'
import {changeAccounts} from '../../../src/core/users/change-accounts.ts'
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
  await setDocument(bob, 'models', models)
  await setDocument(ada, 'models', models)
  await grant({ada: ['ADA_KEY'], bob: ['SHARED_KEY']})
  const refused = enterContext(bob, () => openEngine({role: 'persona'}, {environment, shared: true}))
  await expect(refused).rejects.toMatchObject({
    code: 'KEY_NOT_GRANTED',
    exitCode: 4,
    message: expect.stringMatching(/bob.*ADA_KEY/),
    hint: expect.not.stringContaining('sk-of-ada')
  })
  expect(server.requests).toEqual([])
  expect((await enterContext(ada, () => openEngine({role: 'persona'}, {environment, shared: true}))).engine.model).toBe(
    'llama3:8b'
  )
})

it('gives only what was granted, by exact name, and everything where a process serves one person', async () => {
  inTemporaryHome()
  const {ada, bob} = await makePeople('ada', 'bob')
  await grant({bob: ['SHARED_KEY'], ada: 'ADA_KEY'})
  const key = (user: typeof ada, apiKeyEnv: string, shared: boolean): Promise<string | undefined> =>
    enterContext(user, () => keyFor({id: 'm', apiKeyEnv}, {environment, shared}))
  expect(await key(bob, 'SHARED_KEY', true)).toBe('sk-of-all')
  await expect(key(bob, 'SHARED', true)).rejects.toThrow('may not use')
  await expect(key(ada, 'ADA_KEY', true)).rejects.toThrow('may not use')
  expect(await key(bob, 'ADA_KEY', false)).toBe('sk-of-ada')
  await expect(key(bob, 'NOT_SET', false)).rejects.toThrow('NOT_SET')
  expect(await enterContext(bob, () => keyFor({id: 'm'}, {environment, shared: true}))).toBeUndefined()
})

const grant = (keyGrants: Record<string, unknown>): Promise<void> =>
  changeAccounts((lock) => writeRootConfig(lock, {'models.keyGrants': keyGrants}))
