import * as z from 'zod'
import {setPassword} from '../../core/users/passwords.ts'
import {listSessions, revokeSessions} from '../../core/users/sessions.ts'
import {publicUser} from '../../core/users/show.ts'
import {showUser} from '../../core/users/show-user.ts'
import {checkOwnPassword, register, signIn, signOut, switchPerson} from '../sign-in.ts'
import {endpoint} from './endpoint.ts'
import {text, userOf, userShape} from './shapes.ts'

const username = text.max(64)
const password = text.max(4096)

const sessionShape = z.object({
  id: z.string(),
  username: z.string(),
  createdAt: z.string(),
  expiresAt: z.string(),
  via: z.string(),
  address: z.string(),
  agent: z.string()
})

export const authEndpoints = [
  endpoint({
    method: 'post',
    path: '/api/auth/register',
    summary: 'Make an account with the setup token or an invitation, and sign in',
    body: z.object({username, password, token: z.string().max(200).optional(), displayName: z.string().optional()}),
    answer: userShape,
    status: 201,
    handle: async ({c, body}) => userOf(publicUser(await register(c, body)))
  }),
  endpoint({
    method: 'post',
    path: '/api/auth/login',
    summary: 'Sign in',
    body: z.object({username, password}),
    answer: userShape,
    handle: async ({c, body}) => userOf(publicUser(await signIn(c, body.username, body.password)))
  }),
  endpoint({
    method: 'post',
    path: '/api/auth/logout',
    summary: 'Sign everybody out who is signed in in this browser',
    answer: z.object({signedOut: z.boolean()}),
    async handle({c}) {
      await signOut(c)
      return {signedOut: true}
    }
  }),
  endpoint({
    method: 'post',
    path: '/api/auth/switch',
    summary: 'Act as another person, who is signed in in this browser or gives their password',
    body: z.object({username, password: password.optional()}),
    answer: userShape,
    handle: async ({c, body}) => userOf(publicUser(await switchPerson(c, body.username, body.password)))
  }),
  endpoint({
    method: 'get',
    path: '/api/auth/me',
    summary: 'Who is signed in',
    answer: userShape,
    handle: async () => userOf(await showUser())
  }),
  endpoint({
    method: 'post',
    path: '/api/auth/password',
    summary: 'Set another password; every other session of yours ends',
    body: z.object({
      current: password.optional().meta({description: 'The present password; not where there is none yet'}),
      password
    }),
    answer: userShape,
    async handle({c, body}) {
      await checkOwnPassword(c, body.current)
      return userOf(await setPassword(undefined, body.password, c.var.session?.hash))
    }
  }),
  endpoint({
    method: 'get',
    path: '/api/auth/sessions',
    summary: 'Where you are signed in',
    answer: z.array(sessionShape),
    handle: () => listSessions()
  }),
  endpoint({
    method: 'delete',
    path: '/api/auth/sessions/{id}',
    summary: 'End one of your sessions, or with "all" every other one',
    answer: z.object({revoked: z.array(z.string())}),
    handle: async ({c, params}) => ({
      revoked: await revokeSessions(params.id ?? '', undefined, c.var.session?.hash)
    })
  })
]
