import type {FC} from 'hono/jsx'
import type {MhError} from '../../core/errors.ts'
import {emptyTrash, listTrash, restoreMemories} from '../../core/memory/deleting.ts'
import type {ShownMemory} from '../../core/memory/memories.ts'
import {readSettings} from '../../core/settings.ts'
import type {HttpContext} from '../environment.ts'
import {addressOfMemory} from '../views/memory-item.tsx'
import {Moment} from '../views/moment.tsx'
import {done} from './done.tsx'
import {refused} from './refused.ts'
import {showPage} from './show-page.tsx'

/** What was deleted, and can still be brought back. */
export const showTrash = (c: HttpContext): Promise<Response> => trashPage(c)

/** Takes a memory back out of the trash. */
export async function restoreMemory(c: HttpContext): Promise<Response> {
  const restored = await refused(() => restoreMemories([c.req.param('id') ?? '']))
  return 'error' in restored
    ? trashPage(c, restored.error)
    : done(c, addressOfMemory(restored.value[0] ?? ''), 'restored')
}

/** Removes everything in the trash for good. */
export async function emptyTrashForGood(c: HttpContext): Promise<Response> {
  const emptied = await refused(emptyTrash)
  return 'error' in emptied ? trashPage(c, emptied.error) : done(c, '/trash', 'emptied')
}

async function trashPage(c: HttpContext, error?: MhError): Promise<Response> {
  const deleted = await listTrash()
  return showPage(c, {title: 'Trash', at: '/memories', error}, <TrashPage deleted={deleted} />)
}

const TrashPage: FC<{deleted: (ShownMemory & {deletedAt: string})[]}> = ({deleted}) => {
  const zone = readSettings().timezone
  return (
    <>
      <div class="head">
        <h1>Trash</h1>
        <a href="/memories">Memories</a>
      </div>
      <section class="card" aria-label="Deleted memories">
        {deleted.length === 0 ? <p class="empty">The trash is empty.</p> : null}
        <ul class="plain items">
          {deleted.map(({id, content, deletedAt}) => (
            <li class="row">
              <div class="grow">
                <p class="clamp">{content}</p>
                <p class="meta">
                  <span>
                    deleted <Moment at={deletedAt} zone={zone} />
                  </span>
                </p>
              </div>
              <form method="post" action={`${addressOfMemory(id)}/restore`}>
                <button class="small" type="submit">
                  Restore
                </button>
              </form>
            </li>
          ))}
        </ul>
      </section>
      {deleted.length === 0 ? null : (
        <details>
          <summary>Empty the trash</summary>
          <form class="row" method="post" action="/trash/empty">
            <p class="grow muted">These memories and their earlier versions are removed for good.</p>
            <button class="danger" type="submit">
              Remove {deleted.length} for good
            </button>
          </form>
        </details>
      )}
    </>
  )
}
