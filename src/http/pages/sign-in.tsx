import type {FC} from 'hono/jsx'
import type {MhError} from '../../core/errors.ts'
import {isEmpty} from '../../core/users/accounts.ts'
import {registration} from '../../core/users/invitations.ts'
import type {HttpContext} from '../environment.ts'
import {signIn, signInByLink, signOut} from '../sign-in.ts'
import {Document} from '../views/document.tsx'
import {Field} from '../views/fields.tsx'
import {readForm} from './form.ts'
import {refused} from './refused.ts'
import {showRegistration} from './registration.tsx'
import {showOpenPage} from './show-page.tsx'

/** Where somebody signs in; while there is no account, where the first one is made. */
export function showSignIn(
  c: HttpContext,
  {username, error, status}: {username?: string; error?: MhError; status?: 401} = {}
): Response | Promise<Response> {
  if (isEmpty()) return showRegistration(c)
  return showOpenPage(
    c,
    {title: 'Sign in', error, ...(status === undefined ? {} : {status})},
    <SignInPage username={username} />
  )
}

export async function signInFromForm(c: HttpContext): Promise<Response> {
  const {username = '', password = ''} = await readForm(c)
  const signedIn = await refused(() => signIn(c, username.trim(), password))
  if (!('error' in signedIn)) return c.redirect('/', 303)
  const {error} = signedIn
  if ('retryAfter' in error) c.header('retry-after', String(error.retryAfter))
  return showSignIn(c, {username, error})
}

/**
 * The link that the server's terminal shows. The page goes on by itself: along a redirect that another program began, a browser sends
 * no cookie of ours.
 */
export async function openLink(c: HttpContext): Promise<Response> {
  await signInByLink(c, c.req.param('secret') ?? '')
  return c.html(
    <Document title="Signed in · mh" refresh="/">
      <main class="narrow">
        <p>
          You are signed in. <a href="/">Go on</a>
        </p>
      </main>
    </Document>
  )
}

export async function signOutFromForm(c: HttpContext): Promise<Response> {
  await signOut(c)
  return c.redirect('/', 303)
}

const SignInPage: FC<{username: string | undefined}> = ({username}) => (
  <section class="card">
    <h1>Sign in</h1>
    <form class="fields" method="post" action="/sign-in">
      <Field
        label="Username"
        name="username"
        value={username}
        autocomplete="username"
        autofocus={username === undefined}
        required
      />
      <Field
        label="Password"
        name="password"
        type="password"
        autocomplete="current-password"
        autofocus={username !== undefined}
        required
      />
      <button class="primary" type="submit">
        Sign in
      </button>
    </form>
    <p class="hint">
      No password yet? The link that <code>mh serve --open</code> opens signs you in, and <code>mh user password</code>{' '}
      sets one.
    </p>
    {registration() === 'closed' ? null : (
      <p class="hint">
        <a href="/register">{registration() === 'open' ? 'Register' : 'Register with an invitation'}</a>
      </p>
    )}
  </section>
)
