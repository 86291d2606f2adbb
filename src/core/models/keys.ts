import {readRootConfig} from '../config.ts'
import {requireUserContext} from '../context.ts'
import {MhError, notAllowed} from '../errors.ts'
import type {RemoteModel} from './resolve.ts'

/** Where a key is looked up, and for whom. */
export interface KeyPlace {
  environment?: Readonly<Record<string, string | undefined>>
  /** True in a process that serves several people: there a person may use only variables that an administrator granted them. */
  shared?: boolean
}

let processIsShared = false

/** Says that this process serves several people (a server, the scheduler, --all-users), from now on and for good. */
export function serveSeveralPeople(): void {
  processIsShared = true
}

/**
 * The key of a model, or undefined for one that needs none. The only place that reads keys.
 *
 * A key belongs to whoever set the variable. Where one process serves several people, one of them could name another's variable
 * and a server of their own, and be sent the key: so a grant is asked for (config.json, `models.keyGrants`: {username: [VARIABLE]}).
 * @throws MhError KEY_NOT_GRANTED (exit 4), KEY_MISSING (exit 6). No error holds a key.
 */
export function keyFor(
  {id, apiKeyEnv}: Pick<RemoteModel, 'id' | 'apiKeyEnv'>,
  {environment = process.env, shared = false}: KeyPlace = {}
): string | undefined {
  if (apiKeyEnv === undefined) return undefined
  if (shared || processIsShared) requireGrant(apiKeyEnv)
  const key = environment[apiKeyEnv]
  if (key) return key
  throw new MhError('KEY_MISSING', `The model ${id} needs a key, and the variable ${apiKeyEnv} is not set`, {
    hint: `Set ${apiKeyEnv}; mh chat --engine recall answers without a model`,
    exitCode: 6,
    httpStatus: 502
  })
}

function requireGrant(variable: string): void {
  const {username} = requireUserContext('A key')
  const {models} = readRootConfig() as {models?: {keyGrants?: Record<string, unknown>}}
  const grants = models?.keyGrants
  const mine = grants !== undefined && Object.hasOwn(grants, username) ? grants[username] : undefined
  if (Array.isArray(mine) && mine.includes(variable)) return
  throw notAllowed(
    'KEY_NOT_GRANTED',
    `${username} may not use the variable ${variable} in a process that serves several people`,
    `An administrator grants it, beside what is granted already: mh config set models.keyGrants '{"${username}": ["${variable}"]}'`
  )
}
