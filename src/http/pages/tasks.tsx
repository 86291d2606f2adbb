import type {FC} from 'hono/jsx'
import type {MhError} from '../../core/errors.ts'
import {readSettings} from '../../core/settings.ts'
import {DUE_GROUPS, dueGroup, readDue} from '../../core/tasks/due.ts'
import {isOpen, TASK_PRIORITIES, type Task} from '../../core/tasks/task.ts'
import {addTask, listTasks} from '../../core/tasks/tasks.ts'
import {permits} from '../../core/users/permissions.ts'
import type {HttpContext} from '../environment.ts'
import {Due} from '../views/due.tsx'
import {Choice, Field} from '../views/fields.tsx'
import {done} from './done.tsx'
import {type FormFields, listIn, readForm} from './form.ts'
import {refused} from './refused.ts'
import {showPage} from './show-page.tsx'

/** Tasks in groups by when they are due, and a form for a new one. */
export const showTasks = (c: HttpContext): Promise<Response> => tasksPage(c)

/** Adds what the form says. */
export async function addTaskFromForm(c: HttpContext): Promise<Response> {
  const fields = await readForm(c)
  const added = await refused(async () => {
    const {title = '', due = '', tags = ''} = fields
    return addTask({
      title,
      priority: priorityIn(fields),
      tags: listIn(tags),
      ...(due.trim() === '' ? {} : {due: await readDue(due, readSettings().timezone)})
    })
  })
  return 'error' in added ? tasksPage(c, fields, added.error) : done(c, '/tasks', 'added')
}

/** The priority that a form names, or the usual one. */
export const priorityIn = ({priority}: FormFields): Task['priority'] =>
  TASK_PRIORITIES.find((one) => one === priority) ?? 'P2'

export const PRIORITIES = [
  ['P0', 'P0, at once'],
  ['P1', 'P1, soon'],
  ['P2', 'P2, usual'],
  ['P3', 'P3, some day']
] as const

/** The page, also for another handler that was refused something about a task. */
export async function tasksPage(c: HttpContext, fields: FormFields = {}, error?: MhError): Promise<Response> {
  const which = {open: 'open', all: 'all', deleted: 'deleted'}[c.req.query('which') ?? ''] as Which | undefined
  const {tasks, total} = await listTasks({which: which ?? 'open'})
  return showPage(
    c,
    {title: 'Tasks', at: '/tasks', error},
    <TasksPage tasks={tasks} total={total} which={which ?? 'open'} fields={fields} />
  )
}

type Which = 'open' | 'all' | 'deleted'

const LISTS: readonly [which: Which, name: string][] = [
  ['open', 'Open'],
  ['all', 'All'],
  ['deleted', 'Deleted']
]

const TasksPage: FC<{tasks: Task[]; total: number; which: Which; fields: FormFields}> = ({
  tasks,
  total,
  which,
  fields
}) => {
  const zone = readSettings().timezone
  const groups = DUE_GROUPS.map(([group, name]) => ({
    name,
    tasks: tasks.filter((task) => dueGroup(task, zone) === group)
  }))
  return (
    <>
      <div class="head">
        <h1>Tasks</h1>
        <nav class="row" aria-label="Which tasks">
          {LISTS.map(([one, name]) => (
            <a
              class={`tag${one === which ? ' state-active' : ''}`}
              href={one === 'open' ? '/tasks' : `/tasks?which=${one}`}
              {...(one === which ? {'aria-current': 'page'} : {})}
            >
              {name}
            </a>
          ))}
        </nav>
      </div>
      <section class="card" aria-label="New task">
        <form class="filters" method="post" action="/tasks">
          <label class="grow">
            What is to be done?
            <input name="title" value={fields.title} placeholder="Call the plumber" required />
          </label>
          <Field label="Due" name="due" value={fields.due} placeholder="friday 5pm" />
          <Choice label="Priority" name="priority" value={fields.priority ?? 'P2'} options={PRIORITIES} />
          <Field label="Tags" name="tags" value={fields.tags} placeholder="house" />
          <button class="primary" type="submit">
            Add
          </button>
        </form>
      </section>
      {tasks.length === 0 ? (
        <p class="empty">{which === 'deleted' ? 'Nothing was deleted.' : 'Nothing to do.'}</p>
      ) : null}
      {groups
        .filter((group) => group.tasks.length > 0)
        .map((group) => (
          <section class="card">
            <h2>{group.name}</h2>
            <ul class="plain items">
              {group.tasks.map((task) => (
                <TaskItem task={task} zone={zone} deleted={which === 'deleted'} />
              ))}
            </ul>
          </section>
        ))}
      {tasks.length < total ? <p class="muted">{total - tasks.length} more are not shown.</p> : null}
    </>
  )
}

const TaskItem: FC<{task: Task; zone: string; deleted: boolean}> = ({task, zone, deleted}) => {
  const {id, title, status, priority, due, tags, dependencies} = task
  const address = `/tasks/${encodeURIComponent(id)}`
  const open = isOpen(task)
  return (
    <li class="row">
      <div class="grow">
        {deleted ? (
          <p>{title}</p>
        ) : (
          <a class={`item-text${open ? '' : ' done'}`} href={address}>
            {title}
          </a>
        )}
        <p class="meta">
          {due === undefined ? null : <Due due={due} zone={zone} />}
          <span class={`state${priority === 'P0' || priority === 'P1' ? ' state-warn' : ''}`}>{priority}</span>
          {status === 'todo' ? null : <span class={`state ${STATES[status]}`}>{status.replace('_', ' ')}</span>}
          {dependencies.length === 0 ? null : <span>after {dependencies.length} other</span>}
          {tags.map((tag) => (
            <span class="tag">{tag}</span>
          ))}
        </p>
      </div>
      {permits('task').allowed ? (
        deleted ? (
          <form method="post" action={`${address}/restore`}>
            <button class="small" type="submit" aria-label={`Restore ${title}`}>
              Restore
            </button>
          </form>
        ) : (
          <form class="row" method="post" action={`${address}/status`}>
            {open && status !== 'in_progress' ? <SetStatus to="in_progress" name="Start" title={title} /> : null}
            {open ? (
              <SetStatus to="done" name="Done" title={title} />
            ) : (
              <SetStatus to="todo" name="Reopen" title={title} />
            )}
          </form>
        )
      ) : null}
    </li>
  )
}

const SetStatus: FC<{to: Task['status']; name: string; title: string}> = ({to, name, title}) => (
  <button class="small" type="submit" name="status" value={to} aria-label={`${name}: ${title}`}>
    {name}
  </button>
)

const STATES: Record<Task['status'], string> = {
  todo: '',
  in_progress: 'state-active',
  blocked: 'state-bad',
  done: 'state-good',
  cancelled: ''
}
