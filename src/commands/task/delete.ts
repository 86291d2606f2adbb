import {MhCommand} from '../../cli/base-command.ts'
import {taskArgs} from '../../cli/task-flags.ts'
import type {Task} from '../../core/tasks/task.ts'
import {deleteTask} from '../../core/tasks/tasks.ts'

export default class TaskDelete extends MhCommand<typeof TaskDelete> {
  static override summary = 'Put a task away; it can be restored'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 9f3a61c2',
    '<%= config.bin %> <%= command.id %> @last --json'
  ]
  static override args = taskArgs

  override async execute(): Promise<Task> {
    const task = await deleteTask(this.args.id)
    this.say(`Deleted ${task.id}: ${task.title}. Undo: ${this.config.bin} task restore ${task.id}`)
    return task
  }
}
