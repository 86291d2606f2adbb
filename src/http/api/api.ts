import * as z from 'zod'
import type {App} from '../environment.ts'
import {agentEndpoints} from './agents.ts'
import {authEndpoints} from './auth.ts'
import {chatEndpoints} from './chat.ts'
import {addEndpoints, type Endpoint, endpoint} from './endpoint.ts'
import {inboxEndpoints} from './inbox.ts'
import {memoryEndpoints} from './memories.ts'
import {modelEndpoints} from './models.ts'
import {personaEndpoints} from './persona.ts'
import {profileEndpoints} from './profile.ts'
import {systemEndpoints} from './system.ts'
import {taskEndpoints} from './tasks.ts'

/** Made when it is first asked for, which takes some ten milliseconds. */
let documentation: object | undefined

/** Every route below /api. */
export const ENDPOINTS: readonly Endpoint[] = [
  ...authEndpoints,
  ...systemEndpoints,
  ...memoryEndpoints,
  ...inboxEndpoints,
  ...chatEndpoints,
  ...taskEndpoints,
  ...personaEndpoints,
  ...modelEndpoints,
  ...agentEndpoints,
  ...profileEndpoints,
  endpoint({
    method: 'get',
    path: '/api/openapi.json',
    summary: 'This documentation',
    answer: z.looseObject({openapi: z.string()}),
    async handle() {
      documentation ??= (await import('./openapi.ts')).openApi(ENDPOINTS)
      return documentation
    }
  })
]

export const registerApi = (app: App): void => addEndpoints(app, ENDPOINTS)
