import {MhCommand} from '../../cli/base-command.ts'
import {printFields} from '../../cli/table.ts'
import {taskArgs} from '../../cli/task-flags.ts'
import type {Task} from '../../core/tasks/task.ts'
import {showTask} from '../../core/tasks/tasks.ts'

export default class TaskShow extends MhCommand<typeof TaskShow> {
  static override summary = 'Show one task, whole'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 9f3a61c2',
    '<%= config.bin %> <%= command.id %> @last --json'
  ]
  static override args = taskArgs

  override async execute(): Promise<Task> {
    const task = await showTask(this.args.id)
    this.say(
      printFields([
        ['Id', task.id],
        ['Task', task.title],
        ['Status', task.status.replace('_', ' ')],
        ['Priority', task.priority],
        ['Due', task.due],
        ['Tags', task.tags.join(', ')],
        ['After', task.dependencies.join(', ')],
        ['Created', task.created],
        ['Changed', task.updated],
        ['Done', task.completed]
      ]) + (task.description === '' ? '' : `\n\n${task.description}`)
    )
    return task
  }
}
