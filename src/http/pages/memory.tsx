import type {FC} from 'hono/jsx'
import type {MhError} from '../../core/errors.ts'
import {texts} from '../../core/json.ts'
import {deleteMemories} from '../../core/memory/deleting.ts'
import {editMemory} from '../../core/memory/edit.ts'
import {type ShownMemory, showMemory} from '../../core/memory/memories.ts'
import {type MemoryVersion, memoryHistory, undoEdit} from '../../core/memory/versions.ts'
import {readSettings} from '../../core/settings.ts'
import {permits} from '../../core/users/permissions.ts'
import type {HttpContext} from '../environment.ts'
import {AnswerText} from '../views/answer-text.tsx'
import {Field, TextField} from '../views/fields.tsx'
import {addressOfMemory} from '../views/memory-item.tsx'
import {Moment} from '../views/moment.tsx'
import {Notice} from '../views/notice.tsx'
import {done} from './done.tsx'
import {type FormFields, listIn, readForm} from './form.ts'
import {refused} from './refused.ts'
import {showPage} from './show-page.tsx'

const idOf = (c: HttpContext): string => c.req.param('id') ?? ''

/** One memory: its text, what is known of it, its earlier versions, and a form to change it. */
export const showMemoryPage = (c: HttpContext): Promise<Response> => memoryPage(c)

/** Changes a memory. Where it was changed meanwhile, what the person wrote stays in the form beside what stands there now. */
export async function changeMemory(c: HttpContext): Promise<Response> {
  const form = await readForm(c)
  const {content = '', tags = '', version} = form
  const edit = {content: content.replaceAll('\r\n', '\n'), tags: listIn(tags)}
  const edited = await refused(() => editMemory(idOf(c), edit, version === '' ? undefined : version))
  return 'error' in edited ? memoryPage(c, form, edited.error) : done(c, addressOfMemory(edited.value.id), 'saved')
}

/** Moves a memory to the trash. */
export async function deleteMemory(c: HttpContext): Promise<Response> {
  const deleted = await refused(() => deleteMemories([idOf(c)]))
  return 'error' in deleted
    ? memoryPage(c, undefined, deleted.error)
    : done(c, '/memories', 'deleted', deleted.value[0])
}

/** Takes the last change of a memory back. */
export async function undoMemory(c: HttpContext): Promise<Response> {
  const undone = await refused(() => undoEdit(idOf(c)))
  return 'error' in undone
    ? memoryPage(c, undefined, undone.error)
    : done(c, addressOfMemory(undone.value.id), 'undone')
}

async function memoryPage(c: HttpContext, typed?: FormFields, error?: MhError): Promise<Response> {
  const memory = await showMemory(idOf(c))
  const versions = await memoryHistory(memory.id)
  return showPage(
    c,
    {
      title: 'Memory',
      at: '/memories',
      error,
      quiet: error?.code === 'STALE_VERSION'
    },
    <MemoryPage memory={memory} versions={versions} typed={typed} stale={error?.code === 'STALE_VERSION'} />
  )
}

interface Props {
  memory: ShownMemory
  versions: MemoryVersion[]
  /** What the person wrote and could not be kept. */
  typed: FormFields | undefined
  /** Whether that was because the memory was changed meanwhile. */
  stale: boolean
}

const MemoryPage: FC<Props> = ({memory, versions, typed, stale}) => {
  const {id, content, response, timestamp, type, tags, entities, importance, metadata} = memory
  const zone = readSettings().timezone
  const mayEdit = permits('edit')
  return (
    <>
      {stale ? (
        <Notice kind="warn">
          <strong>This memory was changed meanwhile, so yours was not kept yet.</strong>
          <p>What stands there now is on the left, and what you wrote is in the form. Save again to replace it.</p>
        </Notice>
      ) : null}
      <div class="two">
        <article class="card">
          <h1 class="unseen">Memory of {timestamp.slice(0, 10)}</h1>
          <p class="meta">
            <Moment at={timestamp} zone={zone} />
            <a href={`/memories?type=${encodeURIComponent(type)}`}>{type}</a>
            {metadata.private === true ? <span class="state state-warn">private</span> : null}
          </p>
          <p class="plain-text" id="text">
            {content}
          </p>
          {response === undefined ? null : (
            <>
              <h2>Answer</h2>
              <AnswerText
                text={response}
                cited={texts(metadata.memoriesUsed).map(addressOfMemory)}
                markdown={typeof metadata.model === 'string'}
              />
            </>
          )}
          <dl class="facts small">
            {tags.length === 0 ? null : (
              <>
                <dt>Tags</dt>
                <dd class="row">
                  {tags.map((tag) => (
                    <a class="tag" href={`/memories?tag=${encodeURIComponent(tag)}`}>
                      {tag}
                    </a>
                  ))}
                </dd>
              </>
            )}
            {entities.length === 0 ? null : (
              <>
                <dt>About</dt>
                <dd>{entities.join(', ')}</dd>
              </>
            )}
            <dt>Importance</dt>
            <dd>{importance}</dd>
            {typeof metadata.sessionId === 'string' ? (
              <>
                <dt>Conversation</dt>
                <dd>
                  <a href={`/chat?session=${encodeURIComponent(metadata.sessionId)}`}>Open it</a>
                </dd>
              </>
            ) : null}
            <dt>Id</dt>
            <dd class="mono">{id}</dd>
          </dl>
          <Versions id={id} versions={versions} zone={zone} />
        </article>
        {mayEdit.allowed ? (
          <section class="card">
            <h2>Edit</h2>
            <form class="fields" method="post" action={addressOfMemory(id)}>
              <input type="hidden" name="version" value={memory.version} />
              <TextField label="Text" name="content" value={typed?.content ?? content} required />
              <Field label="Tags" name="tags" value={typed?.tags ?? tags.join(', ')} hint="With commas between them" />
              <div class="row">
                <button class="primary" type="submit">
                  {stale ? 'Save mine' : 'Save'}
                </button>
                {stale ? (
                  <a class="button" href={addressOfMemory(id)}>
                    Drop mine
                  </a>
                ) : null}
              </div>
            </form>
            <hr />
            <form method="post" action={`${addressOfMemory(id)}/delete`}>
              <button class="danger small" type="submit">
                Move to the trash
              </button>
            </form>
          </section>
        ) : (
          <Notice kind="warn">
            <p>
              {mayEdit.by === 'mode' ? 'Nothing can be changed in this mode.' : 'Your role does not change memories.'}
            </p>
          </Notice>
        )}
      </div>
    </>
  )
}

const Versions: FC<{id: string; versions: MemoryVersion[]; zone: string}> = ({id, versions, zone}) =>
  versions.length === 0 ? null : (
    <details>
      <summary>{versions.length === 1 ? 'One earlier version' : `${versions.length} earlier versions`}</summary>
      <ul class="plain items">
        {versions.map(({at, content, tags, undone}) => (
          <li>
            <p class="plain-text">{content}</p>
            <p class="meta">
              <span>
                until <Moment at={at} zone={zone} />
              </span>
              {undone ? <span>undone</span> : null}
              {tags.map((tag) => (
                <span class="tag">{tag}</span>
              ))}
            </p>
          </li>
        ))}
      </ul>
      <form method="post" action={`${addressOfMemory(id)}/undo`}>
        <button class="small" type="submit">
          Undo the last change
        </button>
      </form>
    </details>
  )
