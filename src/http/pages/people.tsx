import type {FC} from 'hono/jsx'
import {readSetting, writeSetting} from '../../core/config/settings.ts'
import type {MhError} from '../../core/errors.ts'
import {usageError} from '../../core/errors.ts'
import {readSettings} from '../../core/settings.ts'
import {invite, type NewInvitation} from '../../core/users/invitations.ts'
import {listUsersInDetail, type UserInDetail} from '../../core/users/list-long.ts'
import {setRole} from '../../core/users/role.ts'
import {ROLES, type User} from '../../core/users/user.ts'
import type {HttpContext} from '../environment.ts'
import {Avatar, RoleBadge} from '../views/avatar.tsx'
import {Choice} from '../views/fields.tsx'
import {Moment} from '../views/moment.tsx'
import {Notice} from '../views/notice.tsx'
import {done} from './done.tsx'
import {readForm} from './form.ts'
import {refused} from './refused.ts'
import {showPage} from './show-page.tsx'

/** Everybody on this machine; for administrators. */
export const showPeople = (c: HttpContext): Promise<Response> => peoplePage(c)

export async function setRoleFromForm(c: HttpContext): Promise<Response> {
  const {role = ''} = await readForm(c)
  const set = await refused(() => setRole(c.req.param('username') ?? '', roleIn(role)))
  return 'error' in set ? peoplePage(c, {error: set.error}) : done(c, '/people', 'changed')
}

/** Invites somebody, and shows the invitation this once. */
export async function inviteFromForm(c: HttpContext): Promise<Response> {
  const {role = ''} = await readForm(c)
  const invited = await refused(() => invite(roleIn(role)))
  return peoplePage(c, 'error' in invited ? {error: invited.error} : {invitation: invited.value})
}

export async function setRegistrationFromForm(c: HttpContext): Promise<Response> {
  const {registration = ''} = await readForm(c)
  const set = await refused(() => writeSetting('registration', registration))
  return 'error' in set ? peoplePage(c, {error: set.error}) : done(c, '/people', 'saved')
}

function roleIn(word: string): User['role'] {
  const role = ROLES.find((one) => one === word)
  if (role === undefined)
    throw usageError('INVALID_ROLE', `${JSON.stringify(word)} is no role`, `Use ${ROLES.join(', ')}`)
  return role
}

interface Told {
  error?: MhError
  invitation?: NewInvitation
}

async function peoplePage(c: HttpContext, told: Told = {}): Promise<Response> {
  const people = await listUsersInDetail()
  const origin = c.var.desk.publicUrl?.origin ?? new URL(c.req.url).origin
  return showPage(
    c,
    {title: 'People', at: '/people', error: told.error},
    <PeoplePage people={people} origin={origin} invitation={told.invitation} />
  )
}

interface Props {
  people: UserInDetail[]
  /** Where this server is reached. */
  origin: string
  invitation: NewInvitation | undefined
}

const ROLE_OPTIONS = ROLES.map((role) => [role, role] as const)

const PeoplePage: FC<Props> = ({people, origin, invitation}) => {
  const zone = readSettings().timezone
  return (
    <>
      <h1>People</h1>
      {invitation === undefined ? null : (
        <Notice kind="good">
          <strong>Send this to whoever you invite. It makes one account, and is shown this once:</strong>
          <p class="mono" id="invitation">
            {origin}/register?token={invitation.token}
          </p>
          <p>
            It is good until <Moment at={invitation.expires} zone={zone} />.
          </p>
        </Notice>
      )}
      <div class="two">
        <section class="card" aria-label="Accounts">
          <ul class="plain items">
            {people.map((person) => (
              <Person person={person} zone={zone} />
            ))}
          </ul>
        </section>
        <div class="stack">
          <section class="card">
            <h2>Invite somebody</h2>
            <form class="fields" method="post" action="/people/invite" hx-boost="false">
              <Choice label="As" name="role" value="member" options={ROLE_OPTIONS} />
              <div class="row">
                <button class="primary" type="submit">
                  Make an invitation
                </button>
              </div>
            </form>
          </section>
          <section class="card">
            <h2>Registration</h2>
            <form class="fields" method="post" action="/people/registration">
              <Choice
                label="Who may register"
                name="registration"
                value={String(readSetting('registration').value)}
                options={[
                  ['token', 'whoever is invited'],
                  ['open', 'whoever reaches this server'],
                  ['closed', 'nobody']
                ]}
              />
              <div class="row">
                <button type="submit">Save</button>
              </div>
            </form>
          </section>
        </div>
      </div>
    </>
  )
}

const Person: FC<{person: UserInDetail; zone: string}> = ({person, zone}) => {
  const {username, displayName, role, memories, lastActivity, bytes, lastLogin} = person
  return (
    <li class="row">
      <Avatar username={username} name={displayName ?? username} />
      <div class="grow">
        <p>
          <strong>{displayName ?? username}</strong> <span class="muted small">{username}</span>{' '}
          <RoleBadge role={role} />
        </p>
        <p class="meta">
          {memories === null ? (
            <span class="state state-bad">the profile cannot be read</span>
          ) : (
            <span>
              {memories} memories, {Math.ceil((bytes ?? 0) / 1024)} kB
            </span>
          )}
          {lastActivity === null ? null : (
            <span>
              active <Moment at={lastActivity} zone={zone} />
            </span>
          )}
          {lastLogin === null ? null : (
            <span>
              signed in <Moment at={lastLogin} zone={zone} />
            </span>
          )}
        </p>
      </div>
      <form class="row" method="post" action={`/people/${encodeURIComponent(username)}/role`}>
        <select name="role" aria-label={`Role of ${username}`}>
          {ROLE_OPTIONS.map(([one]) => (
            <option value={one} selected={one === role}>
              {one}
            </option>
          ))}
        </select>
        <button class="small" type="submit" aria-label={`Set the role of ${username}`}>
          Set
        </button>
      </form>
    </li>
  )
}
