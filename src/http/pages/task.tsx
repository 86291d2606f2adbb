import type {FC} from 'hono/jsx'
import {MhError} from '../../core/errors.ts'
import {readSettings} from '../../core/settings.ts'
import {readDue} from '../../core/tasks/due.ts'
import {TASK_STATUSES, type Task} from '../../core/tasks/task.ts'
import {deleteTask, editTask, restoreTask, setTaskStatus, showTask} from '../../core/tasks/tasks.ts'
import {localTime} from '../../core/time.ts'
import type {HttpContext} from '../environment.ts'
import {Choice, Field, TextField} from '../views/fields.tsx'
import {Moment} from '../views/moment.tsx'
import {done} from './done.tsx'
import {type FormFields, listIn, readForm} from './form.ts'
import {refused} from './refused.ts'
import {showPage} from './show-page.tsx'
import {PRIORITIES, priorityIn, tasksPage} from './tasks.tsx'

const idOf = (c: HttpContext): string => c.req.param('id') ?? ''

/** One task, and a form to change it. */
export const showTaskPage = (c: HttpContext): Promise<Response> => taskPage(c)

/** Changes what a task says and how far it is. */
export async function changeTask(c: HttpContext): Promise<Response> {
  const fields = await readForm(c)
  const changed = await refused(() => change(idOf(c), fields))
  return 'error' in changed ? taskPage(c, fields, changed.error) : done(c, '/tasks', 'saved')
}

/** Says how far a task is: the buttons of the list. */
export async function changeTaskStatus(c: HttpContext): Promise<Response> {
  const {status = ''} = await readForm(c)
  const changed = await refused(() => setTaskStatus(idOf(c), statusIn(status)))
  return 'error' in changed ? tasksPage(c, {}, changed.error) : done(c, '/tasks', 'changed')
}

export async function deleteTaskFromForm(c: HttpContext): Promise<Response> {
  const deleted = await refused(() => deleteTask(idOf(c)))
  return 'error' in deleted ? tasksPage(c, {}, deleted.error) : done(c, '/tasks', 'deleted', deleted.value.id)
}

export async function restoreTaskFromForm(c: HttpContext): Promise<Response> {
  const restored = await refused(() => restoreTask(idOf(c)))
  return 'error' in restored ? tasksPage(c, {}, restored.error) : done(c, '/tasks', 'restored')
}

async function change(id: string, fields: FormFields): Promise<void> {
  const {title = '', description = '', due = '', tags = '', status = ''} = fields
  const task = await showTask(id)
  await editTask(id, {
    title,
    description: description.replaceAll('\r\n', '\n'),
    priority: priorityIn(fields),
    due: due.trim() === '' ? null : await readDue(due, readSettings().timezone),
    tags: listIn(tags)
  })
  if (status !== task.status) await setTaskStatus(id, statusIn(status))
}

function statusIn(word: string): Task['status'] {
  const status = TASK_STATUSES.find((one) => one === word)
  if (status === undefined)
    throw new MhError('INVALID_STATUS', `${JSON.stringify(word)} is no status of a task`, {httpStatus: 422})
  return status
}

async function taskPage(c: HttpContext, typed?: FormFields, error?: MhError): Promise<Response> {
  const task = await showTask(idOf(c))
  const before = await Promise.all(
    task.dependencies.map(async (id) => {
      const found = await refused(() => showTask(id))
      return 'value' in found ? found.value : undefined
    })
  )
  return showPage(
    c,
    {title: 'Task', at: '/tasks', error},
    <TaskPage task={task} before={before.filter((one) => one !== undefined)} typed={typed} />
  )
}

const TaskPage: FC<{task: Task; before: Task[]; typed: FormFields | undefined}> = ({task, before, typed}) => {
  const zone = readSettings().timezone
  const address = `/tasks/${encodeURIComponent(task.id)}`
  return (
    <>
      <div class="head">
        <h1>{task.title}</h1>
        <a href="/tasks">All tasks</a>
      </div>
      <div class="two">
        <section class="card" aria-label="Edit the task">
          <form class="fields" method="post" action={address}>
            <Field label="Title" name="title" value={typed?.title ?? task.title} required />
            <TextField label="Description" name="description" value={typed?.description ?? task.description} />
            <div class="pair">
              <Choice
                label="Status"
                name="status"
                value={typed?.status ?? task.status}
                options={TASK_STATUSES.map((status) => [status, status.replace('_', ' ')] as const)}
              />
              <Choice label="Priority" name="priority" value={typed?.priority ?? task.priority} options={PRIORITIES} />
              <Field label="Due" name="due" value={typed?.due ?? dueAsTyped(task, zone)} placeholder="friday 5pm" />
            </div>
            <Field
              label="Tags"
              name="tags"
              value={typed?.tags ?? task.tags.join(', ')}
              hint="With commas between them"
            />
            <div class="row">
              <button class="primary" type="submit">
                Save
              </button>
            </div>
          </form>
        </section>
        <div class="stack">
          <section class="card">
            <h2>About it</h2>
            <dl class="facts small">
              <dt>Made</dt>
              <dd>
                <Moment at={task.created} zone={zone} />
              </dd>
              <dt>Changed</dt>
              <dd>
                <Moment at={task.updated} zone={zone} />
              </dd>
              {task.completed === undefined ? null : (
                <>
                  <dt>Done</dt>
                  <dd>
                    <Moment at={task.completed} zone={zone} />
                  </dd>
                </>
              )}
              {before.length === 0 ? null : (
                <>
                  <dt>After</dt>
                  <dd>
                    {before.map(({id, title}) => (
                      <p>
                        <a href={`/tasks/${encodeURIComponent(id)}`}>{title}</a>
                      </p>
                    ))}
                  </dd>
                </>
              )}
              <dt>Id</dt>
              <dd class="mono">{task.id}</dd>
            </dl>
            <form method="post" action={`${address}/delete`}>
              <button class="danger small" type="submit">
                Delete the task
              </button>
            </form>
          </section>
        </div>
      </div>
    </>
  )
}

/** As a person would type it, so that saving the form unchanged changes nothing. */
function dueAsTyped({due}: Task, zone: string): string {
  if (due === undefined || due.length === 10) return due ?? ''
  const at = Date.parse(due)
  return Number.isNaN(at) ? due : localTime(at, zone).replace(' ', 'T')
}
