import {MhCommand} from '../../cli/base-command.ts'
import {taskArgs} from '../../cli/task-flags.ts'
import type {Task} from '../../core/tasks/task.ts'
import {restoreTask} from '../../core/tasks/tasks.ts'

export default class TaskRestore extends MhCommand<typeof TaskRestore> {
  static override summary = 'Bring a deleted task back'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 9f3a61c2',
    '<%= config.bin %> <%= command.id %> @last --json'
  ]
  static override args = taskArgs

  override async execute(): Promise<Task> {
    const task = await restoreTask(this.args.id)
    this.say(`Restored ${task.id}: ${task.title}`)
    return task
  }
}
