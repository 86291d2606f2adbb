import * as z from 'zod'
import {setModels} from '../../core/models/change.ts'
import {listModels} from '../../core/models/list.ts'
import {requireAdministrator} from '../../core/users/permissions.ts'
import {endpoint} from './endpoint.ts'
import {text} from './shapes.ts'

const models = z.object({
  defaults: z.record(z.string(), z.string().nullable()),
  models: z.array(
    z.object({
      id: z.string(),
      provider: z.string(),
      model: z.string(),
      roles: z.array(z.string()),
      reachable: z.boolean().nullable()
    })
  )
})

export const modelEndpoints = [
  endpoint({
    method: 'get',
    path: '/api/models',
    summary: 'Your models, and which has which role',
    answer: models,
    handle: () => listModels(false)
  }),
  endpoint({
    method: 'put',
    path: '/api/models',
    summary: 'Add or change models, and give roles; what is not named stays',
    body: z.object({
      models: z
        .array(
          z.object({
            id: text.max(100),
            provider: text,
            model: text.max(200),
            baseURL: z.string().max(2000).nullable().optional().meta({description: 'Administrators only'}),
            apiKeyEnv: z.string().max(64).nullable().optional().meta({description: 'Administrators only'}),
            contextWindow: z.number().int().positive().optional(),
            allowPrivate: z.boolean().optional()
          })
        )
        .max(100)
        .optional(),
      defaults: z.record(z.string(), z.string().nullable()).optional()
    }),
    answer: models,
    async handle({body}) {
      // Whoever chooses where a key is sent can take it.
      if (body.models?.some(({baseURL, apiKeyEnv}) => baseURL !== undefined || apiKeyEnv !== undefined))
        requireAdministrator('Setting the address or the key of a model over HTTP')
      await setModels(body)
      return listModels(false)
    }
  })
]
