import type * as z from 'zod'
import {backend} from '../../core/backend.ts'
import {MhError} from '../../core/errors.ts'
import {keptAnswer} from '../../core/kept-answers.ts'
import type {App, HttpContext} from '../environment.ts'
import {badRequest, invalid, wrongMethod, wrongType} from '../problem.ts'

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** What a request brought, checked. */
export interface Asked<Query, Body> {
  /** For headers, cookies and whatever else is of HTTP. */
  c: HttpContext
  /** The parts of the path in braces. */
  params: Record<string, string>
  query: Query
  body: Body
}

/** One route of the API, in one place: what it takes, what it does, and what its documentation says. */
export interface Endpoint {
  method: Method
  /** As OpenAPI writes it: "/api/memories/{id}". */
  path: string
  summary: string
  query?: z.ZodObject
  body?: z.ZodType
  /** What it answers with, for the documentation. */
  answer: z.ZodType
  /** Where the answer is no JSON. */
  answerType?: string
  /**
   * Where the same is asked over and over: for so many milliseconds it may be answered as before, as long as nothing changed. What is asked
   * stands in the address alone.
   */
  again?: number
  /** Of a success; 200 where it is missing. */
  status?: 200 | 201
  /** Gives the answer as JSON, or a whole response. */
  handle(asked: Asked<unknown, unknown>): Promise<unknown>
}

type Declared<Q extends z.ZodObject, B extends z.ZodType> = Omit<Endpoint, 'query' | 'body' | 'handle'> & {
  query?: Q
  body?: B
  handle(asked: Asked<z.output<Q>, z.output<B>>): Promise<unknown>
}

/** Declares a route; the types of what its handler gets come from its schemas. */
export const endpoint = <Q extends z.ZodObject, B extends z.ZodType>(declared: Declared<Q, B>): Endpoint =>
  declared as unknown as Endpoint

/** Adds routes to the app, and for every path the answer to methods that it does not know. */
export function addEndpoints(app: App, endpoints: readonly Endpoint[]): void {
  for (const one of endpoints) app.on(one.method.toUpperCase(), honoPath(one), (c) => answer(one, c))
  for (const path of new Set(endpoints.map(honoPath))) {
    const methods = endpoints.filter((one) => honoPath(one) === path).map(({method}) => method.toUpperCase())
    app.all(path, (c) => {
      c.header('allow', methods.join(', '))
      throw wrongMethod(`${c.req.method} means nothing here`, `Use ${methods.join(' or ')}`)
    })
  }
}

async function answer(one: Endpoint, c: HttpContext): Promise<Response> {
  if (one.again !== undefined && backend() === undefined) {
    const {userId, role} = c.get('person')
    const work = async (): Promise<string> => JSON.stringify(await handle(one, c))
    return json(c, await keptAnswer(`${userId} ${role} ${c.req.url}`, one.again, work))
  }
  const result = await handle(one, c)
  return result instanceof Response ? result : json(c, JSON.stringify(result), one.status)
}

async function handle(one: Endpoint, c: HttpContext): Promise<unknown> {
  const query = one.query === undefined ? undefined : check(one.query, given(c.req.query()), 'query')
  const body = one.body === undefined ? undefined : check(one.body, await readJson(c), 'body')
  return one.handle({c, params: c.req.param(), query, body})
}

const json = (c: HttpContext, text: string | Uint8Array<ArrayBuffer>, status: 200 | 201 = 200): Response =>
  c.body(text, status, {'content-type': 'application/json'})

const honoPath = ({path}: Endpoint): string => path.replace(/\{(\w+)\}/g, ':$1')

/** An empty value in the address is one that was not given: forms send all their fields. */
const given = (query: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''))

/** @throws MhError INVALID_REQUEST (422) that names the field */
function check<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const field = issue === undefined || issue.path.length === 0 ? `the ${where}` : issue.path.join('.')
  throw invalid(
    `${field}: ${issue?.message ?? 'it is not what is expected'}`.slice(0, 500),
    'GET /api/openapi.json tells what is'
  )
}

/** @throws MhError WRONG_CONTENT_TYPE (415), BAD_REQUEST (400) */
async function readJson(c: HttpContext): Promise<unknown> {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
  // Other types can be sent by a form of any other site.
  if (type !== 'application/json') throw wrongType('The body has to be JSON', 'content-type: application/json')
  let value: unknown
  try {
    const bytes = await c.req.arrayBuffer()
    value = JSON.parse(new TextDecoder('utf-8', {fatal: true}).decode(bytes))
  } catch (error) {
    if (error instanceof MhError) throw error
    throw badRequest('The body is not JSON in UTF-8')
  }
  if (isDeeperThan(value, DEEPEST)) throw invalid(`The body is nested deeper than ${DEEPEST} levels`)
  return value
}

/** No document of ours is nested so deep, and what goes through it step by step would overflow the stack. */
const DEEPEST = 64

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1))
}
