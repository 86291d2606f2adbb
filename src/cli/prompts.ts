import inquirer from 'inquirer'
import {MhError} from '../core/errors.ts'

type Prompt = ReturnType<typeof inquirer.createPromptModule>

/** Lets the person at the terminal choose one. @throws MhError INTERRUPTED (exit 130) */
export const choose = (message: string, choices: readonly {value: string; name: string}[]): Promise<string> =>
  asking(async (prompt) => {
    const {answer} = await prompt([{type: 'select', name: 'answer', message, choices: [...choices]}])
    return answer
  })

/**
 * Asks for a line of text.
 * @param suggested the answer of an empty line
 * @param check gives what is wrong with an answer
 * @throws MhError INTERRUPTED (exit 130)
 */
export const ask = (
  message: string,
  suggested: string | undefined,
  check: (answer: string) => string | undefined
): Promise<string> =>
  asking(async (prompt) => {
    const {answer} = await prompt([
      {
        type: 'input',
        name: 'answer',
        message,
        ...(suggested === undefined ? {} : {default: suggested}),
        validate: (text: string) => check(text) ?? true
      }
    ])
    return answer
  })

/** Asks for a new password, twice, until both are the same. Nothing of it is shown. @throws MhError INTERRUPTED (exit 130) */
export const askPassword = (message: string): Promise<string> =>
  asking(async (prompt) => {
    for (;;) {
      const {first, second} = await prompt([
        {type: 'password', name: 'first', message},
        {type: 'password', name: 'second', message: 'Once more'}
      ])
      if (first === second) return first
      process.stderr.write('The two differ.\n')
    }
  })

/** Asks for a secret that is there already, once. Nothing of it is shown. @throws MhError INTERRUPTED (exit 130) */
export const askSecret = (message: string): Promise<string> =>
  asking(async (prompt) => {
    const {answer} = await prompt([{type: 'password', name: 'answer', message}])
    return answer
  })

/** Asks whether something that cannot be undone shall be done; No where nothing is typed. @throws MhError INTERRUPTED (exit 130) */
export const confirm = (message: string): Promise<boolean> =>
  asking(async (prompt) => {
    const {answer} = await prompt([{type: 'confirm', name: 'answer', message, default: false}])
    return answer
  })

/** Asks on stderr: stdout holds results. */
async function asking<T>(questions: (prompt: Prompt) => Promise<T>): Promise<T> {
  try {
    return await questions(inquirer.createPromptModule({output: process.stderr}))
  } catch (error) {
    // inquirer rejects with its own error where Ctrl-C was pressed.
    if (error instanceof Error && error.name === 'ExitPromptError')
      throw new MhError('INTERRUPTED', 'Interrupted', {exitCode: 130})
    throw error
  }
}
