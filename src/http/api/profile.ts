import * as z from 'zod'
import {readSetting, unsetSetting, writeSetting} from '../../core/config/settings.ts'
import {editUser} from '../../core/users/edit.ts'
import {showUser} from '../../core/users/show-user.ts'
import {endpoint} from './endpoint.ts'
import {userOf, userShape} from './shapes.ts'

/**
 * The settings of a person that may be set over HTTP. Those that name programs (editor, pager) may not: whoever took over a browser's
 * session could have one run on this machine.
 */
export const WEB_SETTINGS = ['timezone', 'language', 'theme', 'notifications', 'privateTags', 'location'] as const

const value = z.union([z.string().max(2000), z.boolean(), z.array(z.string().max(200)).max(100)])

const profileShape = z.object({
  user: userShape.extend({email: z.string().nullable()}),
  settings: z.record(z.string(), z.unknown())
})

export const profileEndpoints = [
  endpoint({
    method: 'get',
    path: '/api/profile',
    summary: 'Your account and your settings',
    answer: profileShape,
    handle: () => readProfile()
  }),
  endpoint({
    method: 'put',
    path: '/api/profile',
    summary: 'Change your names and settings; what is not named stays',
    body: z.object({
      displayName: z.string().optional(),
      email: z.string().optional(),
      settings: z.partialRecord(z.enum(WEB_SETTINGS), value).optional()
    }),
    answer: profileShape,
    async handle({body: {displayName, email, settings = {}}}) {
      const names = {...(displayName === undefined ? {} : {displayName}), ...(email === undefined ? {} : {email})}
      if (Object.keys(names).length > 0) await editUser(undefined, names)
      for (const [key, wanted] of Object.entries(settings))
        await (String(wanted) === '' ? unsetSetting(key) : writeSetting(key, String(wanted)))
      return readProfile()
    }
  })
]

async function readProfile(): Promise<object> {
  const {avatar: _avatar, ...user} = await showUser()
  return {
    user: userOf(user),
    settings: Object.fromEntries(WEB_SETTINGS.map((key) => [key, readSetting(key).value]))
  }
}
