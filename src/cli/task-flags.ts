import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {readSettings} from '../core/settings.ts'
import {readDue} from '../core/tasks/due.ts'
import {TASK_PRIORITIES} from '../core/tasks/task.ts'

/** The one task that a command is about. */
export const taskArgs = {
  id: Args.string({required: true, ignoreStdin: true, description: 'an id, any unique ending of it, or @last'})
}

/** What a task says beside its title. */
export const taskFields = {
  description: Flags.string({summary: 'More about it', helpValue: '<text>'}),
  priority: Flags.option({
    options: TASK_PRIORITIES,
    summary: 'P0 is the most urgent (P2 where it is missing)'
  })(),
  due: Flags.string({
    summary: 'Until when: "friday 5pm", "in 2 weeks", 2026-05-04',
    helpValue: '<time in words or ISO>'
  })
}

/** The word that takes a field away. */
export const NONE = 'none'

/** When a task is due, in the person's zone. @throws MhError INVALID_TIME (exit 2) */
export const dueOf = (words: string): Promise<string> => readDue(words, readSettings().timezone)
