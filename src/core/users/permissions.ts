import {backend} from '../backend.ts'
import {type Role, requireUserContext, type UserContext} from '../context.ts'
import {type MhError, notAllowed} from '../errors.ts'
import {type CognitiveMode, readMode} from '../persona/mode.ts'
import {findUserById} from './accounts.ts'
import {namedAdministrators} from './named-administrators.ts'

/** Everything that a mode or a role may forbid. */
export type Operation =
  | 'read'
  | 'export'
  | 'backup'
  | 'chat'
  | 'chat.save'
  | 'chat.save.tool'
  | 'capture'
  | 'import'
  | 'edit'
  | 'delete'
  | 'restore'
  | 'task'
  | 'persona'
  | 'model'
  | 'config'
  | 'password'
  | 'mode'
  | 'forget'
  | 'supersede'
  | 'agent.settings'
  | 'agent.service'
  | 'token'
  | 'training'
  | 'agent.organize'
  | 'agent.proactive'

interface Rule {
  dual: boolean
  agent: boolean
  emulation: boolean
  guest: boolean
  /** Only somebody who administers this machine. */
  administrators?: true
}

const always: Rule = {dual: true, agent: true, emulation: true, guest: true}
const notGuests: Rule = {...always, guest: false}
const changes: Rule = {dual: true, agent: true, emulation: false, guest: false}

/** The one table of what mode and role permit. A guest's column holds in every mode. */
const TABLE: Record<Operation, Rule> = {
  read: always,
  export: always,
  backup: always,
  chat: always,
  'chat.save': {dual: true, agent: false, emulation: false, guest: false},
  'chat.save.tool': changes,
  capture: changes,
  import: changes,
  edit: changes,
  delete: changes,
  restore: changes,
  task: changes,
  persona: changes,
  model: notGuests,
  config: notGuests,
  password: always,
  mode: notGuests,
  forget: changes,
  supersede: changes,
  'agent.settings': changes,
  'agent.service': {...notGuests, administrators: true},
  token: notGuests,
  training: notGuests,
  'agent.organize': changes,
  'agent.proactive': {dual: true, agent: false, emulation: false, guest: false}
}

export interface Decision {
  allowed: boolean
  /** What stands in the way. */
  by?: 'mode' | 'role'
}

/** Whether `operation` is open to somebody of that role in that mode. A pure function of the table. */
export function decide(operation: Operation, role: Role, mode: CognitiveMode, administrator: boolean): Decision {
  const rule = TABLE[operation]
  if (role === 'anonymous') return {allowed: false, by: 'role'}
  if (rule.administrators === true && !administrator) return {allowed: false, by: 'role'}
  if (role === 'guest' && !rule.guest) return {allowed: false, by: 'role'}
  return rule[mode] ? {allowed: true} : {allowed: false, by: 'mode'}
}

/** Whether the current person may do that now. `mode` is given where a conversation has one of its own. */
export function permits(operation: Operation, mode?: CognitiveMode): Decision {
  const user = requireUserContext()
  const rule = TABLE[operation]
  const administrator = rule.administrators === true && isAdministrator(user)
  // Where the mode makes no difference it is not looked up: a server asks this several times for one page.
  const asked = mode ?? (isSameInEveryMode(rule) ? 'dual' : readMode().currentMode)
  return decide(operation, presentRole(user), asked, administrator)
}

const isSameInEveryMode = ({dual, agent, emulation}: Rule): boolean => dual === agent && agent === emulation

/** @throws MhError NOT_ALLOWED_IN_MODE or NOT_ALLOWED_FOR_ROLE (exit 4) that names the mode or the role */
export function requirePermission(operation: Operation): void {
  const decision = permits(operation)
  if (!decision.allowed) throw refusal(operation, requireUserContext(), readMode().currentMode, decision)
  backend()?.permitted(operation)
}

/** Owners, and whoever ADMIN_USERS names. */
export function isAdministrator(user: UserContext): boolean {
  const role = presentRole(user)
  return role !== 'anonymous' && administers({role, username: (findUserById(user.userId) ?? user).username})
}

/** Whether an account that was just looked up is an administrator's. */
export const administers = ({role, username}: {role: Role; username: string}): boolean =>
  role === 'owner' || namedAdministrators().has(username.toLowerCase())

/** The role that the account has now: a process that began under another one is bound by the change at once. */
const presentRole = (user: UserContext): Role =>
  user.role === 'anonymous' ? 'anonymous' : (findUserById(user.userId)?.role ?? user.role)

/** @throws MhError NOT_ADMINISTRATOR (exit 4) */
export function requireAdministrator(what: string): UserContext {
  const user = requireUserContext(what)
  if (!isAdministrator(user)) {
    throw notAllowed(
      'NOT_ADMINISTRATOR',
      `${what} needs an administrator, and ${user.username} is ${presentRole(user) === 'guest' ? 'a guest' : 'a member'}`,
      'Ask an owner of this machine'
    )
  }
  return user
}

const WORDS: Partial<Record<Operation, string>> = {
  'chat.save': 'save a conversation',
  capture: 'capture memories',
  import: 'import memories',
  edit: 'edit memories',
  delete: 'delete memories',
  restore: 'restore memories',
  task: 'change tasks',
  persona: 'change the persona',
  model: 'change models',
  config: 'change settings',
  mode: 'change the mode',
  password: 'change the password',
  forget: 'forget memories',
  supersede: 'supersede memories',
  'agent.settings': 'change agents',
  'agent.service': 'start or stop agents',
  token: 'make tokens',
  training: 'export training data'
}

function refusal(operation: Operation, user: UserContext, mode: CognitiveMode, decision: Decision): MhError {
  const what = WORDS[operation] ?? operation
  return decision.by === 'mode'
    ? notAllowed('NOT_ALLOWED_IN_MODE', `${user.username} cannot ${what} in ${mode} mode`, 'mh mode set dual allows it')
    : notAllowed(
        'NOT_ALLOWED_FOR_ROLE',
        `${user.username} is a ${presentRole(user)} and cannot ${what}`,
        'Ask an owner of this machine for another role'
      )
}
