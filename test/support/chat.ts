import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {onTestFinished} from 'vitest'
import {type Home, temporaryHome} from './home.ts'
import {people} from './mh.ts'
import {type Behaviour, type ModelServer, startModelServer} from './model-server.ts'

/** A home with two people, ada and bob. */
export async function homeOfTwo(): Promise<Home> {
  const home = temporaryHome()
  await people(home, 'ada', 'bob')
  return home
}

/** A model's server that behaves so, and is closed when the test ends. */
export async function serve(behaviour: Behaviour | Behaviour[] = {}): Promise<ModelServer> {
  const server = await startModelServer()
  onTestFinished(server.close)
  server.behave(behaviour)
  return server
}

/** Has that person's persona answer by the server's model. @param more other keys of its entry in models.json */
export function useModel({root}: Home, username: string, {baseURL}: ModelServer, more: object = {}): void {
  const models = {
    defaults: {persona: 'lab'},
    models: {lab: {provider: 'openai-compatible', model: 'llama3:8b', baseURL, ...more}}
  }
  writeFileSync(join(root, 'profiles', username, 'etc/models.json'), JSON.stringify(models, null, 2))
}
