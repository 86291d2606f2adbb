import {unsetSetting, writeSetting} from '../../core/config/settings.ts'
import {findUserById} from '../../core/users/accounts.ts'
import {editUser} from '../../core/users/edit.ts'
import {publicId} from '../../core/users/issued/secret.ts'
import {setPassword} from '../../core/users/passwords.ts'
import {listSessions, revokeSessions} from '../../core/users/sessions.ts'
import {showUser} from '../../core/users/show-user.ts'
import {createToken, listTokens, revokeToken} from '../../core/users/tokens.ts'
import type {HttpContext} from '../environment.ts'
import {checkOwnPassword} from '../sign-in.ts'
import {type Done, done} from './done.tsx'
import {type FormFields, readForm} from './form.ts'
import {ProfilePage, type ProfileTold, SETTINGS, settingAsTyped} from './profile-view.tsx'
import {refused} from './refused.ts'
import {showPage} from './show-page.tsx'

/** What a person tells of themselves, their settings, their password, and where they are signed in. */
export const showProfile = (c: HttpContext): Promise<Response> => profilePage(c)

export const changeProfileFromForm = (c: HttpContext): Promise<Response> =>
  act(c, 'saved', async ({displayName = '', email = ''}) => {
    const before = await showUser()
    const names = {
      ...(displayName.trim() === (before.displayName ?? '') ? {} : {displayName: displayName.trim()}),
      ...(email.trim() === (before.email ?? '') ? {} : {email: email.trim()})
    }
    if (Object.keys(names).length > 0) await editUser(undefined, names)
  })

export const changeSettingsFromForm = (c: HttpContext): Promise<Response> =>
  act(c, 'saved', async (fields) => {
    for (const key of Object.keys(SETTINGS)) {
      const typed = fields[key]?.trim()
      if (typed === undefined || typed === settingAsTyped(key)) continue
      await (typed === '' ? unsetSetting(key) : writeSetting(key, typed))
    }
  })

export const changePasswordFromForm = (c: HttpContext): Promise<Response> =>
  act(c, 'password', async ({current, password = ''}) => {
    await checkOwnPassword(c, current)
    await setPassword(undefined, password, c.var.session?.hash)
  })

export const endSessionFromForm = (c: HttpContext): Promise<Response> =>
  act(c, 'ended', () => revokeSessions(c.req.param('id') ?? '', undefined, c.var.session?.hash))

export const revokeTokenFromForm = (c: HttpContext): Promise<Response> =>
  act(c, 'removed', () => revokeToken(c.req.param('id') ?? ''))

/** Makes a token and shows it, this once. */
export async function createTokenFromForm(c: HttpContext): Promise<Response> {
  const {name = '', days = ''} = await readForm(c)
  const made = await refused(() =>
    createToken({
      ...(name.trim() === '' ? {} : {name: name.trim()}),
      ...(days.trim() === '' ? {} : {days: Number(days)})
    })
  )
  return 'error' in made ? profilePage(c, {error: made.error}) : profilePage(c, {token: made.value.token})
}

async function act(c: HttpContext, what: Done, fn: (fields: FormFields) => Promise<unknown>): Promise<Response> {
  const fields = await readForm(c)
  const acted = await refused(() => fn(fields))
  if (!('error' in acted)) return done(c, '/profile', what)
  if ('retryAfter' in acted.error) c.header('retry-after', String(acted.error.retryAfter))
  return profilePage(c, {error: acted.error, typed: fields})
}

async function profilePage(c: HttpContext, told: ProfileTold = {}): Promise<Response> {
  return showPage(
    c,
    {title: 'Profile and settings', error: told.error},
    <ProfilePage
      user={await showUser()}
      hasPassword={findUserById(c.var.person.userId)?.passwordHash !== undefined}
      sessions={await listSessions()}
      current={c.var.session === undefined ? undefined : publicId(c.var.session)}
      tokens={await listTokens()}
      told={told}
    />
  )
}
