import {describe, expect, it} from 'vitest'
import {type ModelRegistry, modelRegistry} from '../../../src/core/models/registry.ts'
import {type ModelQuestion, resolveModel} from '../../../src/core/models/resolve.ts'

const registry = modelRegistry.parse({
  defaults: {persona: 'local', summarizer: null, fallback: 'small'},
  models: {
    local: {provider: 'ollama', model: 'llama3:8b', options: {temperature: 0.4}},
    small: {
      provider: 'openai-compatible',
      model: 'qwen3:4b',
      baseURL: 'http://127.0.0.1:1234/v1/',
      apiKeyEnv: 'LAB_KEY'
    },
    big: {provider: 'openai', model: 'gpt-5'},
    elsewhere: {provider: 'openai', model: 'gpt-5', baseURL: 'https://proxy.example/v1'}
  },
  cognitiveModeMappings: {agent: {persona: 'big'}, emulation: {persona: null}}
})

const resolve = (question: Partial<ModelQuestion>, from: ModelRegistry = registry): ReturnType<typeof resolveModel> =>
  resolveModel({role: 'persona', mode: 'dual', ...question}, from)

describe('which model answers', () => {
  it.each([
    ['the default of the role', {}, 'local'],
    ["the mode's for the role", {mode: 'agent'}, 'big'],
    ['the default, where the mode names none', {mode: 'emulation'}, 'local'],
    ['the fallback, where the role has none', {role: 'summarizer'}, 'small'],
    ['the one that was named', {override: 'big'}, 'big'],
    ['a provider and a model, without an entry', {override: 'ollama:llama3:8b'}, 'ollama:llama3:8b']
  ] as const)('is %s', (_, question, id) => {
    expect(resolve(question)).toMatchObject({id})
  })

  it('is recall where nothing is set, where that is named, and where the registry says so', () => {
    const empty = modelRegistry.parse({})
    expect(resolve({}, empty)).toEqual({engine: 'recall', model: null, modelSet: false})
    expect(resolve({override: 'recall'}, empty)).toEqual({engine: 'recall', model: null, modelSet: false})
    expect(resolve({override: 'recall'})).toEqual({engine: 'recall', model: null, modelSet: true})
    expect(resolve({}, modelRegistry.parse({defaults: {persona: 'recall'}}))).toMatchObject({engine: 'recall'})
  })
})

it('knows the addresses of Ollama and OpenAI', () => {
  expect(resolve({})).toEqual({
    engine: 'ollama',
    id: 'local',
    model: 'llama3:8b',
    baseURL: 'http://127.0.0.1:11434/v1',
    options: {temperature: 0.4}
  })
  expect(resolve({override: 'big'})).toMatchObject({baseURL: 'https://api.openai.com/v1', apiKeyEnv: 'OPENAI_API_KEY'})
  expect(resolve({override: 'small'})).toMatchObject({baseURL: 'http://127.0.0.1:1234/v1', apiKeyEnv: 'LAB_KEY'})
})

it("sends OpenAI's key to no other address unless the entry says so", () => {
  expect(resolve({override: 'elsewhere'})).not.toHaveProperty('apiKeyEnv')
})

it('names the nearest models for one that is not there', () => {
  expect(() => resolve({override: 'locl'})).toThrow(
    expect.objectContaining({code: 'MODEL_NOT_FOUND', exitCode: 3, hint: 'Did you mean local?'})
  )
  expect(() => resolve({override: 'mystery:model'})).toThrow(
    expect.objectContaining({code: 'MODEL_NOT_FOUND', exitCode: 3})
  )
})

it('says what an entry lacks', () => {
  const broken = modelRegistry.parse({
    models: {
      a: {provider: 'openai-compatible', model: 'm'},
      b: {provider: 'carrier-pigeon', model: 'm'},
      c: {provider: 'ollama', model: 'm', baseURL: 'file:///etc'}
    }
  })
  expect(() => resolve({override: 'a'}, broken)).toThrow(/no baseURL/)
  expect(() => resolve({override: 'b'}, broken)).toThrow(/carrier-pigeon/)
  expect(() => resolve({override: 'c'}, broken)).toThrow(/no http address/)
})
