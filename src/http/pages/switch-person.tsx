import type {FC} from 'hono/jsx'
import type {MhError} from '../../core/errors.ts'
import type {HttpContext} from '../environment.ts'
import {switchPerson} from '../sign-in.ts'
import {Field} from '../views/fields.tsx'
import {readForm} from './form.ts'
import {refused} from './refused.ts'
import {showPage} from './show-page.tsx'

/** Asks for the password of whoever is to act in this browser from now on. */
export const showSwitch = (c: HttpContext): Promise<Response> => switchPage(c, c.req.query('to') ?? '')

/** Makes another person the one who acts. Without a password only where a session of theirs is held in this browser. */
export async function switchFromForm(c: HttpContext): Promise<Response> {
  const {username = '', password} = await readForm(c)
  const switched = await refused(() => switchPerson(c, username.trim(), password))
  return 'error' in switched ? switchPage(c, username, switched.error) : c.redirect('/', 303)
}

function switchPage(c: HttpContext, username: string, error?: MhError): Promise<Response> {
  if (error !== undefined && 'retryAfter' in error) c.header('retry-after', String(error.retryAfter))
  return showPage(c, {title: 'Switch person', error}, <SwitchPage username={username} />)
}

const SwitchPage: FC<{username: string}> = ({username}) => (
  <section class="card narrow">
    <h1>Switch person</h1>
    <p class="muted">You stay signed in beside them, and can switch back from the menu.</p>
    <form class="fields" method="post" action="/switch" hx-boost="false">
      <Field
        label="Username"
        name="username"
        value={username}
        autocomplete="username"
        autofocus={username === ''}
        required
      />
      <Field
        label="Their password"
        name="password"
        type="password"
        autocomplete="current-password"
        autofocus={username !== ''}
        required
      />
      <button class="primary" type="submit">
        Switch
      </button>
    </form>
  </section>
)
