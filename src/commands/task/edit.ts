import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {dueOf, NONE, taskArgs, taskFields} from '../../cli/task-flags.ts'
import {usageError} from '../../core/errors.ts'
import type {Task} from '../../core/tasks/task.ts'
import {editTask, type TaskEdit} from '../../core/tasks/tasks.ts'

const repeatable = (summary: string, helpValue: string) =>
  Flags.string({multiple: true, multipleNonGreedy: true, summary, helpValue})

export default class TaskEditCommand extends MhCommand<typeof TaskEditCommand> {
  static override summary = 'Change what a task says'
  static override description = 'The word "none" takes a due date, the tags or the dependencies away.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 9f3a61c2 --due "next monday" --priority P1',
    '<%= config.bin %> <%= command.id %> @last --depends none --add-tag house'
  ]
  static override args = taskArgs
  static override flags = {
    title: Flags.string({summary: 'What is to be done', helpValue: '<text>'}),
    ...taskFields,
    tag: Flags.string({
      char: 't',
      multiple: true,
      multipleNonGreedy: true,
      summary: 'These tags in place of those that are there',
      helpValue: '<tag>'
    }),
    'add-tag': repeatable('Add a tag; may be repeated', '<tag>'),
    'remove-tag': repeatable('Take a tag away; may be repeated', '<tag>'),
    depends: repeatable('These tasks come before it, in place of those that did', '<id>')
  }

  override async execute(): Promise<Task> {
    const edit = await this.described()
    if (Object.keys(edit).length === 0)
      throw usageError('NOTHING_TO_CHANGE', 'Nothing says what is to change', 'mh task edit --help shows the flags')
    const task = await editTask(this.args.id, edit)
    this.say(`Edited ${task.id}: ${task.title}`)
    return task
  }

  private async described(): Promise<TaskEdit> {
    const {title, description, priority, due, tag, 'add-tag': addTags, 'remove-tag': removeTags, depends} = this.flags
    return {
      ...(title === undefined ? {} : {title}),
      ...(description === undefined ? {} : {description}),
      ...(priority === undefined ? {} : {priority}),
      ...(due === undefined ? {} : {due: due === NONE ? null : await dueOf(due)}),
      ...(tag === undefined ? {} : {tags: listOf(tag)}),
      ...(addTags === undefined ? {} : {addTags}),
      ...(removeTags === undefined ? {} : {removeTags}),
      ...(depends === undefined ? {} : {dependencies: listOf(depends)})
    }
  }
}

const listOf = (values: string[]): string[] => (values.length === 1 && values[0] === NONE ? [] : values)
