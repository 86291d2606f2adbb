import type {Child} from 'hono/jsx'
import type {ContentfulStatusCode} from 'hono/utils/http-status'
import {readDocument} from '../../core/documents.ts'
import {MhError} from '../../core/errors.ts'
import {readPersona} from '../../core/persona/persona.ts'
import {findUserById} from '../../core/users/accounts.ts'
import {isAdministrator} from '../../core/users/permissions.ts'
import {auditRefusal} from '../../core/users/refusals.ts'
import type {HttpContext} from '../environment.ts'
import {problemOf} from '../problem.ts'
import {Document} from '../views/document.tsx'
import {Frame} from '../views/frame.tsx'
import {Refusal} from '../views/notice.tsx'
import type {Viewer} from '../views/viewer.ts'
import {DoneNotice} from './done.tsx'
import {recentPeople} from './recent-people.ts'

export interface Page {
  title: string
  /** The entry of the navigation that it belongs to, by its address. */
  at?: string
  /** Why what was asked for was not done; tells the status of the answer, too. */
  error?: MhError | undefined
  /** Whether the page itself tells of the error. */
  quiet?: boolean
}

/** A page for whoever is signed in, in their frame. */
export async function showPage(
  c: HttpContext,
  {title, at, error, quiet = false}: Page,
  body: Child
): Promise<Response> {
  if (error !== undefined) await noteRefusal(c, error)
  const viewer = await viewerOf(c)
  return c.html(
    <Frame viewer={viewer} title={title} {...(at === undefined ? {} : {at})}>
      <DoneNotice c={c} />
      {quiet ? null : <Refusal error={error} />}
      {body}
    </Frame>,
    statusOf(error)
  )
}

const NOT_ALLOWED = 4

/** Notes what mode or role forbade: a page that shows it answers for itself, and so does not come by where all other refusals are noted. */
export async function noteRefusal(c: HttpContext, error: MhError): Promise<void> {
  if (error.exitCode === NOT_ALLOWED && error.code !== 'BAD_CREDENTIALS')
    await auditRefusal(error, `${c.req.method} ${c.req.routePath}`)
}

/** A page for somebody who is not signed in. */
export function showOpenPage(
  c: HttpContext,
  {title, error, status}: Omit<Page, 'at' | 'quiet'> & {status?: ContentfulStatusCode},
  body: Child
): Response | Promise<Response> {
  return c.html(
    <Document title={`${title} · mh`}>
      <main id="main" class="narrow" tabindex={-1}>
        <Refusal error={error} />
        {body}
      </main>
    </Document>,
    status ?? statusOf(error)
  )
}

const statusOf = (error: MhError | undefined): ContentfulStatusCode =>
  (error === undefined ? 200 : problemOf(error).status) as ContentfulStatusCode

export async function viewerOf(c: HttpContext): Promise<Viewer> {
  const {person} = c.var
  const displayName = findUserById(person.userId)?.metadata?.displayName || person.username
  return {
    username: person.username,
    displayName,
    role: person.role,
    administrator: isAdministrator(person),
    personaName: personaName() || displayName,
    theme: theme(),
    recent: await recentPeople(c)
  }
}

/** A persona or a setting that cannot be read is told on the status page: every other one is still of use. */
function lenient<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof MhError) return undefined
    throw error
  }
}

const personaName = (): string | undefined => lenient(() => readPersona().core.identity?.name)

function theme(): Viewer['theme'] {
  const set = lenient(() => readDocument('profile')?.theme)
  return set === 'light' || set === 'dark' ? set : 'auto'
}
