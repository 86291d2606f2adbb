import {Hono} from 'hono'
import {ANONYMOUS, withUserContext} from '../core/context.ts'
import {MhError} from '../core/errors.ts'
import {auditRefusal} from '../core/users/refusals.ts'
import {registerApi} from './api/api.ts'
import type {App, Desk, HttpContext, HttpEnv} from './environment.ts'
import {registerHealth} from './health.ts'
import {errorPage, registerPages} from './pages/index.tsx'
import {asPerson} from './person.ts'
import {noRoute, notSignedIn, problemOf} from './problem.ts'
import {limitBody} from './security/body-limit.ts'
import {foreignRequests, type OwnNames} from './security/own-requests.ts'

export interface AppOptions {
  desk: Desk
  names: OwnNames
}

/**
 * Every route of the server. A request passes, in this order: no person's context at all, Host and Origin, the size of its body, the
 * person's context, the question whether anybody is signed in; then its handler.
 */
export function createApp({desk, names}: AppOptions): App {
  const app = new Hono<HttpEnv>()
  app.onError(refuse)
  app.notFound((c) => refuse(noRoute(`There is no ${c.req.path.slice(0, 200)} here`), c))

  app.use((c, next) =>
    // Whatever context the server was started in, no request begins in it.
    withUserContext(ANONYMOUS, () => {
      c.set('desk', desk)
      c.set('person', ANONYMOUS)
      return next()
    })
  )
  registerHealth(app)
  const refuseForeign = foreignRequests(names)
  // One function and not one for each step: Hono makes five promises for every one that a request passes.
  app.use((c, next) => {
    refuseForeign(c)
    return limitBody(c, () => asPerson(c, next))
  })

  registerApi(app)
  registerPages(app)
  app.all('/mcp', async (c) => {
    // Other programs have no browser: who comes with its cookies is a page.
    if (c.var.signedInBy !== 'token') throw notSignedIn()
    return (await import('../mcp/http.ts')).answerMcp(c.req.raw)
  })
  return app
}

const NOT_ALLOWED = 4

/** Turns an error into an answer: a page for who reads pages, JSON for all others. Runs in the context that the error came from. */
async function refuse(error: unknown, c: HttpContext): Promise<Response> {
  const problem = problemOf(error)
  if (!(error instanceof MhError)) c.var.desk.report(error)
  if (error instanceof MhError && error.exitCode === NOT_ALLOWED && c.var.signedInBy !== undefined)
    await auditRefusal(error, `${c.req.method} ${c.req.routePath}`)
  if (problem.retryAfter !== undefined) c.header('retry-after', String(problem.retryAfter))
  if (problem.status === 401 && (c.req.path === '/mcp' || c.req.header('authorization') !== undefined))
    c.header('www-authenticate', 'Bearer')
  if (wantsPage(c)) return errorPage(c, problem)
  const {status, code, message, hint} = problem
  return c.json({error: {code, message, ...(hint === undefined ? {} : {hint})}}, status as 400)
}

const wantsPage = (c: HttpContext): boolean =>
  !/^\/(?:api|mcp)(?:\/|$)/.test(c.req.path) && (c.req.header('accept') ?? '').includes('text/html')
