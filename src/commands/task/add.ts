import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {dueOf, taskFields} from '../../cli/task-flags.ts'
import {readSettings} from '../../core/settings.ts'
import {shownDue} from '../../core/tasks/due.ts'
import type {Task} from '../../core/tasks/task.ts'
import {addTask} from '../../core/tasks/tasks.ts'

export default class TaskAdd extends MhCommand<typeof TaskAdd> {
  static override summary = 'Note something that is to be done'
  static override examples = [
    '<%= config.bin %> <%= command.id %> Call the plumber --due "friday 5pm" --priority P1 -t house',
    '<%= config.bin %> <%= command.id %> Paint the wall --depends @last'
  ]
  static override strict = false
  static override args = {title: Args.string({ignoreStdin: true, description: 'what is to be done'})}
  static override flags = {
    ...taskFields,
    tag: Flags.string({
      char: 't',
      multiple: true,
      multipleNonGreedy: true,
      summary: 'A tag; may be repeated',
      helpValue: '<tag>'
    }),
    depends: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      summary: 'A task that comes before this one; may be repeated',
      helpValue: '<id>'
    })
  }

  override async execute(): Promise<Task> {
    const {description, priority, due, tag, depends} = this.flags
    const task = await addTask({
      title: this.textOf() ?? '',
      ...(description === undefined ? {} : {description}),
      ...(priority === undefined ? {} : {priority}),
      ...(due === undefined ? {} : {due: await dueOf(due)}),
      ...(tag === undefined ? {} : {tags: tag}),
      ...(depends === undefined ? {} : {dependencies: depends})
    })
    this.say(`Added ${task.id}${task.due === undefined ? '' : `, due ${shownDue(task, readSettings().timezone)}`}`)
    return task
  }
}
