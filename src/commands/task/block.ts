import {MhCommand} from '../../cli/base-command.ts'
import {taskArgs} from '../../cli/task-flags.ts'
import type {Task} from '../../core/tasks/task.ts'
import {setTaskStatus} from '../../core/tasks/tasks.ts'

export default class TaskBlock extends MhCommand<typeof TaskBlock> {
  static override summary = 'Say that a task cannot go on for now'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 9f3a61c2',
    '<%= config.bin %> <%= command.id %> @last --json'
  ]
  static override args = taskArgs

  override async execute(): Promise<Task> {
    const task = await setTaskStatus(this.args.id, 'blocked')
    this.say(`Blocked ${task.id}: ${task.title}`)
    return task
  }
}
