import type {HttpContext} from '../environment.ts'
import type {Problem} from '../problem.ts'
import {Document} from '../views/document.tsx'
import {Frame} from '../views/frame.tsx'
import {Refusal} from '../views/notice.tsx'
import {viewerOf} from './show-page.tsx'
import {showSignIn} from './sign-in.tsx'

/** Why there is no page. Whoever is not signed in is shown where to do so. */
export async function showProblem(c: HttpContext, problem: Problem): Promise<Response> {
  const {status, code} = problem
  // A form that was sent by script: its page stays as it is, with what was written, and our script tells why.
  const keeps = c.req.method === 'POST' && c.req.header('hx-request') === 'true'
  if (keeps && (status === 401 || status >= 500))
    return c.body(null, status as 401, {'hx-reswap': 'none', 'hx-push-url': 'false'})
  const told = <Refusal error={problem} />
  if (c.var.signedInBy === undefined) {
    if (code === 'NOT_SIGNED_IN') return showSignIn(c, {status: 401})
    return c.html(
      <Document title="Not possible · mh">
        <main id="main" class="narrow" tabindex={-1}>
          <h1>That did not work</h1>
          {told}
          <p>
            <a href="/">Back to the beginning</a>
          </p>
        </main>
      </Document>,
      status as 400
    )
  }
  return c.html(
    <Frame viewer={await viewerOf(c)} title="Not possible">
      <h1>{status === 404 ? 'Not here' : 'That did not work'}</h1>
      {told}
      <p>
        <a href="/">Back to the beginning</a>
      </p>
    </Frame>,
    status as 400
  )
}
