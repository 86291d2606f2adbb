import * as z from 'zod'
import {createDocument, type ZodOpenApiOperationObject} from 'zod-openapi'
import pjson from '../../../package.json' with {type: 'json'}
import {isOpen} from '../open-routes.ts'
import type {Endpoint} from './endpoint.ts'
import {errorShape} from './shapes.ts'

/** The documentation of the API as OpenAPI 3.1, made from what its routes declare. */
export function openApi(endpoints: readonly Endpoint[]): object {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {}
  for (const one of endpoints) paths[one.path] = {...paths[one.path], [one.method]: operation(one)}
  return createDocument({
    openapi: '3.1.0',
    info: {title: 'mh', version: pjson.version, description: pjson.description},
    security: [{cookie: []}, {token: []}],
    paths,
    components: {
      securitySchemes: {
        cookie: {type: 'apiKey', in: 'cookie', name: 'mh_session'},
        token: {type: 'http', scheme: 'bearer', description: 'mh token create'}
      }
    }
  })
}

function operation({
  method,
  path,
  summary,
  query,
  body,
  answer,
  answerType,
  status = 200
}: Endpoint): ZodOpenApiOperationObject {
  const params = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, z.string()])
  return {
    summary,
    operationId: `${method}${path.replace(/^\/api/, '').replace(/[/{}-]+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`,
    ...(isOpen(method.toUpperCase(), path) ? {security: []} : {}),
    requestParams: {
      ...(params.length === 0 ? {} : {path: z.object(Object.fromEntries(params))}),
      ...(query === undefined ? {} : {query})
    },
    ...(body === undefined ? {} : {requestBody: {required: true, content: {'application/json': {schema: body}}}}),
    responses: {
      [status]: {description: 'Done', content: {[answerType ?? 'application/json']: {schema: answer}}},
      default: {description: 'Refused or failed', content: {'application/json': {schema: errorShape}}}
    }
  }
}
