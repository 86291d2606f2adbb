import type {FC} from 'hono/jsx'
import {readSetting} from '../../core/config/settings.ts'
import type {MhError} from '../../core/errors.ts'
import {readSettings} from '../../core/settings.ts'
import {permits} from '../../core/users/permissions.ts'
import type {ShownSession} from '../../core/users/sessions.ts'
import type {DetailedUser} from '../../core/users/show-user.ts'
import type {ShownToken} from '../../core/users/tokens.ts'
import {Avatar, RoleBadge} from '../views/avatar.tsx'
import {Choice, Field} from '../views/fields.tsx'
import {Moment} from '../views/moment.tsx'
import {Notice} from '../views/notice.tsx'
import type {FormFields} from './form.ts'

/** How what was asked for went, where the page itself tells it. */
export interface ProfileTold {
  error?: MhError
  typed?: FormFields
  /** A token that was just made. */
  token?: string
}

/** What each setting is called here; all of them may be set over HTTP. */
export const SETTINGS = {
  timezone: {label: 'Time zone', hint: 'Europe/Berlin, for example'},
  language: {label: 'Language of your memories', hint: 'en, de, fr …'},
  location: {label: 'Where you are', hint: 'For your persona, in your own words'},
  privateTags: {label: 'Private tags', hint: 'Memories with them are sent to no model elsewhere'},
  theme: {label: 'Look', hint: ''}
} as const

/** A setting as it stands in the form. */
export function settingAsTyped(key: string): string {
  const {value} = readSetting(key)
  return Array.isArray(value) ? value.join(', ') : typeof value === 'string' ? value : ''
}

export interface ProfileProps {
  user: DetailedUser
  hasPassword: boolean
  sessions: ShownSession[]
  current: string | undefined
  tokens: ShownToken[]
  told: ProfileTold
}

/** Names, settings, password, and where the person is signed in. */
export const ProfilePage: FC<ProfileProps> = ({user, hasPassword, sessions, current, tokens, told}) => {
  const zone = readSettings().timezone
  const mayChange = permits('config').allowed
  const {typed = {}} = told
  return (
    <>
      <div class="row">
        <Avatar username={user.username} name={user.displayName ?? user.username} large />
        <h1>{user.displayName ?? user.username}</h1>
        <RoleBadge role={user.role} />
      </div>
      {told.token === undefined ? null : (
        <Notice kind="good">
          <strong>This is the token. It is shown this once:</strong>
          <p class="mono">{told.token}</p>
        </Notice>
      )}
      <div class="two even">
        <div class="stack">
          <section class="card">
            <h2>
              About you <span class="aside muted">{user.username}</span>
            </h2>
            <form class="fields" method="post" action="/profile">
              <Field
                label="Name"
                name="displayName"
                value={typed.displayName ?? user.displayName ?? ''}
                autocomplete="name"
              />
              <Field
                label="E-mail"
                name="email"
                type="email"
                value={typed.email ?? user.email ?? ''}
                autocomplete="email"
              />
              {mayChange ? (
                <div class="row">
                  <button class="primary" type="submit">
                    Save
                  </button>
                </div>
              ) : null}
            </form>
          </section>
          <section class="card">
            <h2>Settings</h2>
            {/* Another look needs a whole new page. */}
            <form class="fields" method="post" action="/profile/settings" hx-boost="false">
              {(['timezone', 'language', 'location', 'privateTags'] as const).map((key) => (
                <Field
                  label={SETTINGS[key].label}
                  name={key}
                  value={typed[key] ?? settingAsTyped(key)}
                  hint={SETTINGS[key].hint}
                />
              ))}
              <Choice
                label={SETTINGS.theme.label}
                name="theme"
                value={typed.theme ?? settingAsTyped('theme')}
                options={[
                  ['auto', 'as the machine has it'],
                  ['light', 'light'],
                  ['dark', 'dark']
                ]}
              />
              {mayChange ? (
                <div class="row">
                  <button class="primary" type="submit">
                    Save the settings
                  </button>
                </div>
              ) : (
                <p class="hint">Your role changes only the password.</p>
              )}
            </form>
          </section>
        </div>
        <div class="stack">
          <section class="card">
            <h2>Password</h2>
            <form class="fields" method="post" action="/profile/password" hx-boost="false">
              <input type="hidden" name="username" value={user.username} autocomplete="username" />
              {hasPassword ? (
                <Field
                  label="Present password"
                  name="current"
                  type="password"
                  autocomplete="current-password"
                  required
                />
              ) : (
                <p class="muted">You have none yet: with one you can sign in here without a link.</p>
              )}
              <Field
                label="New password"
                name="password"
                type="password"
                hint="At least 8 characters, and hard to guess. Every other session of yours ends."
                autocomplete="new-password"
                required
              />
              <div class="row">
                <button type="submit">{hasPassword ? 'Change the password' : 'Set the password'}</button>
              </div>
            </form>
          </section>
          <Sessions sessions={sessions} current={current} zone={zone} />
          {permits('token').allowed || tokens.length > 0 ? <Tokens tokens={tokens} zone={zone} /> : null}
        </div>
      </div>
    </>
  )
}

const Sessions: FC<{sessions: ShownSession[]; current: string | undefined; zone: string}> = ({
  sessions,
  current,
  zone
}) => (
  <section class="card">
    <h2>Where you are signed in</h2>
    <ul class="plain items">
      {sessions.toReversed().map(({id, createdAt, expiresAt, address, agent}) => (
        <li class="row">
          <div class="grow">
            <p>
              {nameOfBrowser(agent)} {id === current ? <span class="state state-active">here</span> : null}
            </p>
            <p class="meta">
              <span>{address}</span>
              <span>
                since <Moment at={createdAt} zone={zone} />
              </span>
              <span>
                until <Moment at={expiresAt} zone={zone} />
              </span>
            </p>
          </div>
          {id === current ? null : (
            <form method="post" action={`/profile/sessions/${id}/end`}>
              <button class="small" type="submit">
                End
              </button>
            </form>
          )}
        </li>
      ))}
    </ul>
    {sessions.length < 2 ? null : (
      <form method="post" action="/profile/sessions/all/end">
        <button type="submit">End all others</button>
      </form>
    )}
  </section>
)

/** "Firefox on Linux", as far as a browser says it. */
function nameOfBrowser(agent: string): string {
  const browser = /Firefox|Edg|OPR|Chrome|Safari/.exec(agent)?.[0]
  const names: Record<string, string> = {Edg: 'Edge', OPR: 'Opera'}
  const system = /Android|iPhone|iPad|Windows|Mac OS X|Linux/.exec(agent)?.[0]
  if (browser === undefined) return agent === '' ? 'A program' : agent.slice(0, 40)
  return `${names[browser] ?? browser}${system === undefined ? '' : ` on ${system}`}`
}

const Tokens: FC<{tokens: ShownToken[]; zone: string}> = ({tokens, zone}) => (
  <section class="card">
    <h2>Tokens for scripts</h2>
    {tokens.length === 0 ? <p class="muted">None. A script shows one in place of a password.</p> : null}
    <ul class="plain items">
      {tokens.map(({id, name, createdAt, expires}) => (
        <li class="row">
          <div class="grow">
            <p>{name}</p>
            <p class="meta">
              <span>
                made <Moment at={createdAt} zone={zone} />
              </span>
              <span>{expires === null ? 'good until it is revoked' : <>until {expires.slice(0, 10)}</>}</span>
            </p>
          </div>
          <form method="post" action={`/profile/tokens/${id}/revoke`}>
            <button class="small" type="submit" aria-label={`Revoke ${name}`}>
              Revoke
            </button>
          </form>
        </li>
      ))}
    </ul>
    {permits('token').allowed ? (
      <form class="filters" method="post" action="/profile/tokens" hx-boost="false">
        <Field label="For" name="name" placeholder="backup script" />
        <Field label="Good for so many days" name="days" type="number" placeholder="90" />
        <button type="submit">Make a token</button>
      </form>
    ) : null}
  </section>
)
