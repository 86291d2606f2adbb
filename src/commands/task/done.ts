import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {taskArgs} from '../../cli/task-flags.ts'
import type {Task} from '../../core/tasks/task.ts'
import {setTaskStatus} from '../../core/tasks/tasks.ts'

export default class TaskDone extends MhCommand<typeof TaskDone> {
  static override summary = 'Say that a task is done'
  static override description = 'A task that waits for others is done after them, or with --force.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 9f3a61c2',
    '<%= config.bin %> <%= command.id %> @last --force'
  ]
  static override args = taskArgs
  static override flags = {force: Flags.boolean({summary: 'Also while tasks that come before it are open'})}

  override async execute(): Promise<Task> {
    const task = await setTaskStatus(this.args.id, 'done', this.flags.force)
    this.say(`Done ${task.id}: ${task.title}`)
    return task
  }
}
