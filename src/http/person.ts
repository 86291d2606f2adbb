import type {Next} from 'hono'
import {backend, enterContext} from '../core/backend.ts'
import {ANONYMOUS} from '../core/context.ts'
import {lookAgain} from '../core/glance.ts'
import {contextOf} from '../core/users/identify.ts'
import {findSession} from '../core/users/sessions.ts'
import {findTokenUser} from '../core/users/tokens.ts'
import type {HttpContext, Variables} from './environment.ts'
import {isOpen} from './open-routes.ts'
import {notSignedIn} from './problem.ts'
import {sessionSecret} from './session-cookies.ts'

/**
 * The one wrapper around every handler: finds out who asks, afresh at each request, and runs everything behind it in that person's
 * context, or in the anonymous one, which reaches no user data. Who is not signed in passes to the few open routes alone.
 * @throws MhError NOT_SIGNED_IN (401)
 */
export async function asPerson(c: HttpContext, next: Next): Promise<void> {
  await cameTogether()
  const {person, signedInBy, session} = await identify(c)
  c.set('person', person)
  c.set('signedInBy', signedInBy)
  c.set('session', session)
  if (signedInBy === undefined) {
    // Who is signed in has what is shared loaded with what is theirs.
    await backend()?.refresh()
    if (!isOpen(c.req.method, c.req.path)) throw notSignedIn()
  }
  await enterContext(person, next)
}

let together: Promise<void> | undefined

/**
 * Waits until all requests are read that are there by now, and then looks at files again: a look that is made after several requests came
 * is fresh for each of them, and ten that come at once need not look ten times.
 */
function cameTogether(): Promise<void> {
  together ??= new Promise((resolve) => {
    setImmediate(() => {
      together = undefined
      lookAgain()
      resolve()
    })
  })
  return together
}

type Identified = Pick<Variables, 'person' | 'signedInBy' | 'session'>

const NOBODY: Identified = {person: ANONYMOUS, signedInBy: undefined, session: undefined}

async function identify(c: HttpContext): Promise<Identified> {
  const authorization = c.req.header('authorization')
  if (authorization !== undefined) {
    const [, token] = /^bearer +(\S+) *$/i.exec(authorization) ?? []
    const user = token === undefined ? undefined : await findTokenUser(token)
    // Who sends a token that is good for nothing is nobody, whatever cookies come with it.
    return user === undefined ? NOBODY : {person: contextOf(user), signedInBy: 'token', session: undefined}
  }
  const secret = sessionSecret(c)
  const found = secret === undefined ? undefined : await findSession(secret)
  return found === undefined ? NOBODY : {person: contextOf(found.user), signedInBy: 'session', session: found.session}
}
