import type {FC} from 'hono/jsx'
import type {HttpContext} from '../environment.ts'
import {Notice} from '../views/notice.tsx'

/** What may be told after something was done. Addresses carry only the word: whatever else stands in one is shown to nobody. */
const TOLD = {
  saved: 'Saved.',
  captured: 'Captured.',
  undone: 'The version before is back.',
  deleted: 'Moved to the trash.',
  restored: 'Back again.',
  emptied: 'The trash is empty.',
  added: 'Added.',
  removed: 'Removed.',
  changed: 'Changed.',
  password: 'The password was changed, and every other session of yours ended.',
  ended: 'Signed out there.',
  ran: 'The agent has run.',
  running: 'The agent is still running. How it went appears here when it is done.'
}

export type Done = keyof typeof TOLD

/** Answers a form that was done: on to a page that tells so. @param of id of what was deleted, so that it can be brought back */
export function done(c: HttpContext, address: string, what: Done, of?: string): Response {
  const words = new URLSearchParams({done: what, ...(of === undefined ? {} : {of})})
  return c.redirect(`${address}${address.includes('?') ? '&' : '?'}${words}`, 303)
}

/** The notice that the address asks for. */
export const DoneNotice: FC<{c: HttpContext}> = ({c}) => {
  const word = c.req.query('done')
  const told = word !== undefined && Object.hasOwn(TOLD, word) ? TOLD[word as Done] : undefined
  if (told === undefined) return null
  const of = c.req.query('of')
  return (
    <Notice kind="good">
      <div class="row">
        <span>{told}</span>
        {word === 'deleted' && of !== undefined ? (
          <form class="inline" method="post" action={`${restoring(of)}/restore`}>
            <button class="small" type="submit">
              Undo
            </button>
          </form>
        ) : null}
        {word === 'captured' && of !== undefined ? <a href={`/memories/${encodeURIComponent(of)}`}>Open it</a> : null}
      </div>
    </Notice>
  )
}

const restoring = (id: string): string => `/${id.startsWith('task-') ? 'tasks' : 'memories'}/${encodeURIComponent(id)}`
