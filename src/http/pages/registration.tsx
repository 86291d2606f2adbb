import type {FC} from 'hono/jsx'
import type {MhError} from '../../core/errors.ts'
import {isEmpty} from '../../core/users/accounts.ts'
import {registration} from '../../core/users/invitations.ts'
import type {HttpContext} from '../environment.ts'
import {register} from '../sign-in.ts'
import {Field} from '../views/fields.tsx'
import {Notice} from '../views/notice.tsx'
import {type FormFields, readForm} from './form.ts'
import {refused} from './refused.ts'
import {showOpenPage} from './show-page.tsx'

/** Where an account is made: the first with the token of the server's terminal, every other with an invitation. */
export function showRegistration(
  c: HttpContext,
  fields: FormFields = {},
  error?: MhError
): Response | Promise<Response> {
  const token = fields.token ?? c.req.query('token') ?? ''
  return showOpenPage(c, {title: 'Register', error}, <RegistrationPage fields={{...fields, token}} />)
}

export async function registerFromForm(c: HttpContext): Promise<Response> {
  const fields = await readForm(c)
  const {username = '', password = '', token = '', displayName = ''} = fields
  const registered = await refused(() =>
    register(c, {username: username.trim(), password, token: token.trim(), displayName: displayName.trim()})
  )
  return 'error' in registered ? showRegistration(c, fields, registered.error) : c.redirect('/', 303)
}

const RegistrationPage: FC<{fields: FormFields}> = ({fields}) => {
  const first = isEmpty()
  const way = registration()
  if (way === 'closed')
    return (
      <Notice kind="warn">
        <strong>Nobody can register here.</strong>
        <p>An administrator switched it off. Whoever has an account signs in.</p>
        <p>
          <a href="/sign-in">Sign in</a>
        </p>
      </Notice>
    )
  return (
    <section class="card">
      <h1>{first ? 'The first account' : 'Register'}</h1>
      <p class="muted">
        {first
          ? 'Nobody has an account on this machine yet. Whoever makes the first one administers it.'
          : 'Your memories, tasks and persona are for your eyes only.'}
      </p>
      <form class="fields" method="post" action="/register">
        {way === 'open' && !first ? null : (
          <Field
            label={first ? 'Setup token' : 'Invitation'}
            name="token"
            value={fields.token}
            hint={first ? 'As the terminal shows it in which mh serve runs' : 'As you were sent it'}
            autocomplete="off"
            required
          />
        )}
        <Field
          label="Username"
          name="username"
          value={fields.username}
          hint="Small letters, digits, _ and -"
          autocomplete="username"
          required
        />
        <Field label="Your name" name="displayName" value={fields.displayName} autocomplete="name" />
        <Field
          label="Password"
          name="password"
          type="password"
          hint="At least 8 characters, and hard to guess: a few words that do not belong together"
          autocomplete="new-password"
          required
        />
        <button class="primary" type="submit">
          Make the account
        </button>
      </form>
      {first ? null : (
        <p class="hint">
          <a href="/sign-in">I have an account</a>
        </p>
      )}
    </section>
  )
}
