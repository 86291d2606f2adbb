import type {FC} from 'hono/jsx'
import type {MhError} from '../../core/errors.ts'
import {listMemories, type ShownMemory} from '../../core/memory/memories.ts'
import {withoutPlaces} from '../../core/places.ts'
import {readSettings} from '../../core/settings.ts'
import {readStatus, type Status} from '../../core/status.ts'
import type {HttpContext} from '../environment.ts'
import {Bars} from '../views/bars.tsx'
import {type CaptureFields, CaptureForm} from '../views/capture-form.tsx'
import {Due} from '../views/due.tsx'
import {MemoryItem} from '../views/memory-item.tsx'
import {Notice} from '../views/notice.tsx'
import {showPage} from './show-page.tsx'

const RECENT = 5

/**
 * The start page of somebody who is signed in: where they stand, and a place to capture what happened.
 * @param refused what they wanted to capture, and why that was not possible
 */
export async function showStatus(c: HttpContext, refused?: {fields: CaptureFields; error: MhError}): Promise<Response> {
  const status = await readStatus()
  const {memories} = await listMemories({}, RECENT)
  return showPage(
    c,
    {title: 'Status', at: '/', error: refused?.error},
    <StatusPage status={status} recent={memories} fields={refused?.fields} />
  )
}

interface Props {
  status: Status
  recent: ShownMemory[]
  fields?: CaptureFields | undefined
}

const StatusPage: FC<Props> = ({status, recent, fields}) => {
  const {memories, tasks, findings, user, persona} = status
  const zone = readSettings().timezone
  return (
    <>
      <h1>Hello, {user.displayName ?? user.username}</h1>
      {findings.map(({message}) => (
        <Notice kind="warn">{withoutPlaces(message)}</Notice>
      ))}
      <div class="two">
        <div class="stack">
          <section class="card" aria-label="Capture">
            <CaptureForm fields={fields} />
          </section>
          <section class="card">
            <h2>
              Newest memories{' '}
              <a class="aside" href="/memories">
                All {memories.total}
              </a>
            </h2>
            {recent.length === 0 ? (
              <p class="empty">Nothing yet. What you capture above appears here.</p>
            ) : (
              <ul class="plain items">
                {recent.map((memory) => (
                  <MemoryItem memory={memory} zone={zone} />
                ))}
              </ul>
            )}
          </section>
        </div>
        <div class="stack">
          <section class="card">
            <h2>Memories</h2>
            <div>
              <p class="big">{memories.total}</p>
              <p class="muted small">
                {memories.week.reduce((sum, day) => sum + day, 0)} in the last seven days, {memories.unprocessed}{' '}
                unprocessed
              </p>
            </div>
            <Bars numbers={memories.week} label="Memories of the last seven days, today last" />
          </section>
          <section class="card">
            <h2>
              Tasks{' '}
              <a class="aside" href="/tasks">
                All tasks
              </a>
            </h2>
            <div>
              <p class="big">{tasks.open}</p>
              <p class="muted small">open{dueOf(tasks)}</p>
            </div>
            {tasks.next.length === 0 ? null : (
              <ul class="plain items">
                {tasks.next.map(({id, title, due}) => (
                  <li>
                    <a class="item-text" href={`/tasks/${encodeURIComponent(id)}`}>
                      {title}
                    </a>
                    <p class="meta">
                      <Due due={due} zone={zone} />
                    </p>
                  </li>
                ))}
              </ul>
            )}
          </section>
          <section class="card">
            <h2>Who answers</h2>
            <dl class="facts">
              <dt>Persona</dt>
              <dd>
                <a href="/persona">{persona.name}</a>
                {persona.facet === 'default' ? null : `, facet ${persona.facet}`}
              </dd>
              <dt>Mode</dt>
              <dd>
                <a href="/mode">{status.mode}</a>
              </dd>
              <dt>Model</dt>
              <dd>
                <a href="/models">{modelOf(status)}</a>
              </dd>
            </dl>
          </section>
        </div>
      </div>
    </>
  )
}

const dueOf = ({overdue, today}: Status['tasks']): string =>
  [...(overdue > 0 ? [`${overdue} overdue`] : []), ...(today > 0 ? [`${today} due today`] : [])]
    .map((one) => `, ${one}`)
    .join('')

function modelOf({model}: Status): string {
  if (model.engine === 'recall') return 'recall (built in, no language model)'
  return model.model === null ? 'cannot be used' : `${model.model} (${model.engine})`
}
