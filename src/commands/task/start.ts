import {MhCommand} from '../../cli/base-command.ts'
import {taskArgs} from '../../cli/task-flags.ts'
import type {Task} from '../../core/tasks/task.ts'
import {setTaskStatus} from '../../core/tasks/tasks.ts'

export default class TaskStart extends MhCommand<typeof TaskStart> {
  static override summary = 'Say that you are at a task, or take a finished one up again'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 9f3a61c2',
    '<%= config.bin %> <%= command.id %> @last --json'
  ]
  static override args = taskArgs

  override async execute(): Promise<Task> {
    const task = await setTaskStatus(this.args.id, 'in_progress')
    this.say(`Started ${task.id}: ${task.title}`)
    return task
  }
}
