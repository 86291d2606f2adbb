import {deleteCookie, getCookie, setCookie} from 'hono/cookie'
import {findSession, type ValidSession} from '../core/users/sessions.ts'
import type {HttpContext} from './environment.ts'
import {isSecure} from './security/own-requests.ts'

/** The session that acts, and those of other people who are signed in in this browser as well. */
const ACTING = 'mh_session'
const OTHERS = 'mh_others'
/** A family's browser; more would not fit into a header. */
const MOST_OTHERS = 8

const SECRET = /^[\w-]{43}$/

/** The secret of the session that acts; undefined where the browser shows none. */
export const sessionSecret = (c: HttpContext): string | undefined => proper(getCookie(c, ACTING))

/** Gives the browser a session that acts from now on; the one that did stays beside it. */
export async function actAs(c: HttpContext, secret: string): Promise<void> {
  const before = sessionSecret(c)
  const rest = otherSecrets(c).filter((one) => one !== secret)
  const others = before === undefined || before === secret ? rest : [before, ...rest]
  const good = await Promise.all(others.map(findSession))
  const next = await findSession(secret)
  set(c, ACTING, secret)
  setOthers(
    c,
    others.filter((_, at) => {
      const owner = good[at]?.user.id
      // One session a person, and none that is over.
      return owner !== undefined && owner !== next?.user.id && good.findIndex((one) => one?.user.id === owner) === at
    })
  )
}

/** Whoever else is signed in in this browser. */
export async function otherSessions(c: HttpContext): Promise<(ValidSession & {secret: string})[]> {
  const found = await Promise.all(otherSecrets(c).map(async (secret) => ({secret, valid: await findSession(secret)})))
  return found.flatMap(({secret, valid}) => (valid === undefined ? [] : [{...valid, secret}]))
}

/** Takes every session out of the browser. @returns their secrets, so that they can be ended */
export function forgetSessions(c: HttpContext): string[] {
  const acting = sessionSecret(c)
  const secrets = [...(acting === undefined ? [] : [acting]), ...otherSecrets(c)]
  for (const name of [ACTING, OTHERS]) if (getCookie(c, name) !== undefined) deleteCookie(c, name, attributes(c))
  return secrets
}

const otherSecrets = (c: HttpContext): string[] =>
  (getCookie(c, OTHERS) ?? '')
    .split('.')
    .filter((one) => SECRET.test(one))
    .slice(0, MOST_OTHERS)

function setOthers(c: HttpContext, secrets: readonly string[]): void {
  if (secrets.length > 0) set(c, OTHERS, secrets.slice(0, MOST_OTHERS).join('.'))
  else if (getCookie(c, OTHERS) !== undefined) deleteCookie(c, OTHERS, attributes(c))
}

/** Without a time: it goes when the browser is closed, and the server ends it before that. */
const set = (c: HttpContext, name: string, value: string): void => setCookie(c, name, value, attributes(c))

const attributes = (c: HttpContext): {httpOnly: true; sameSite: 'Strict'; path: '/'; secure: boolean} => ({
  httpOnly: true,
  sameSite: 'Strict',
  path: '/',
  secure: isSecure(c)
})

const proper = (secret: string | undefined): string | undefined =>
  secret !== undefined && SECRET.test(secret) ? secret : undefined
