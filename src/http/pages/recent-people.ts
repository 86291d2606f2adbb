import {getCookie, setCookie} from 'hono/cookie'
import {userById} from '../../core/users/accounts.ts'
import {isAccountId} from '../../core/users/user.ts'
import type {HttpContext} from '../environment.ts'
import {isSecure} from '../security/own-requests.ts'
import {otherSessions} from '../session-cookies.ts'
import type {RecentPerson} from '../views/viewer.ts'

/** Ids of whoever used this browser. It opens nothing: their password is asked unless a session of theirs is held here, too. */
const RECENT = 'mh_recent'
const MOST = 6
const YEAR_S = 365 * 24 * 60 * 60

/** Whoever used this browser besides the one who is signed in, the latest first; notes the latter. */
export async function recentPeople(c: HttpContext): Promise<RecentPerson[]> {
  const {userId} = c.var.person
  const noted = (getCookie(c, RECENT) ?? '').split('.').filter(isAccountId)
  const ids = [userId, ...noted.filter((id) => id !== userId)].slice(0, MOST)
  if (noted.join('.') !== ids.join('.'))
    setCookie(c, RECENT, ids.join('.'), {
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      secure: isSecure(c),
      maxAge: YEAR_S
    })
  const held = new Set((await otherSessions(c)).map(({user}) => user.id))
  const others = [...new Set([...ids, ...held])].filter((id) => id !== userId)
  return (await Promise.all(others.map(userById))).flatMap((user) =>
    user === undefined
      ? []
      : [
          {
            username: user.username,
            displayName: user.metadata?.displayName || user.username,
            signedIn: held.has(user.id)
          }
        ]
  )
}
