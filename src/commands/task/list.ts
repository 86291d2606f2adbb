import * as Flags from '@oclif/core/flags'
import {ux} from '@oclif/core/ux'
import {MhCommand} from '../../cli/base-command.ts'
import {printTasks} from '../../cli/task-table.ts'
import {readUntil} from '../../core/memory/read-filter.ts'
import {TASK_STATUSES, type Task} from '../../core/tasks/task.ts'
import {listTasks, USUAL_LIMIT} from '../../core/tasks/tasks.ts'

export default class TaskList extends MhCommand<typeof TaskList> {
  static override summary = 'Show what is to be done, by due date and priority'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --due tomorrow --tag house',
    '<%= config.bin %> <%= command.id %> --all --json'
  ]
  static override flags = {
    status: Flags.option({
      options: TASK_STATUSES,
      summary: 'Only tasks that are so, finished ones included',
      helpGroup: 'FILTER'
    })(),
    tag: Flags.string({summary: 'Only tasks with this tag', helpGroup: 'FILTER', helpValue: '<tag>'}),
    due: Flags.string({
      summary: 'Only tasks due until then, overdue ones included',
      helpGroup: 'FILTER',
      helpValue: '<time in words or ISO>'
    }),
    all: Flags.boolean({char: 'a', summary: 'Finished ones too', helpGroup: 'FILTER'}),
    deleted: Flags.boolean({summary: 'Those that were deleted', helpGroup: 'FILTER', exclusive: ['all']}),
    number: Flags.integer({char: 'n', min: 1, default: USUAL_LIMIT, summary: 'At most so many', helpValue: '<number>'})
  }

  override async execute(): Promise<Task[]> {
    const {status, tag, due, all, deleted, number} = this.flags
    const {tasks, total} = await listTasks(
      {
        which: deleted ? 'deleted' : all || status !== undefined ? 'all' : 'open',
        ...(status === undefined ? {} : {status}),
        ...(tag === undefined ? {} : {tag}),
        ...(due === undefined ? {} : {due: await readUntil(due)})
      },
      number
    )
    this.say(await printTasks(tasks))
    if (tasks.length === 0) this.note('No tasks.')
    // Also with --json: a script must not take a part for the whole.
    if (total > tasks.length) ux.stderr(`Note: ${tasks.length} of ${total} tasks. All of them: -n ${total}`)
    return tasks
  }
}
