import inquirer from 'inquirer'
import {MhError} from '../core/errors.ts'

/** Lets the person at the terminal choose one. Asked on stderr: stdout holds results. @throws MhError INTERRUPTED (exit 130) */
export async function choose(message: string, choices: readonly {value: string; name: string}[]): Promise<string> {
  const prompt = inquirer.createPromptModule({output: process.stderr})
  try {
    const {answer} = await prompt([{type: 'select', name: 'answer', message, choices: [...choices]}])
    return answer
  } catch (error) {
    throw interrupted(error)
  }
}

/**
 * Asks for a line of text.
 * @param suggested the answer of an empty line
 * @param check gives what is wrong with an answer
 * @throws MhError INTERRUPTED (exit 130)
 */
export async function ask(
  message: string,
  suggested: string | undefined,
  check: (answer: string) => string | undefined
): Promise<string> {
  const prompt = inquirer.createPromptModule({output: process.stderr})
  try {
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
  } catch (error) {
    throw interrupted(error)
  }
}

/** Asks for a new password, twice, until both are the same. Nothing of it is shown. @throws MhError INTERRUPTED (exit 130) */
export async function askPassword(message: string): Promise<string> {
  const prompt = inquirer.createPromptModule({output: process.stderr})
  try {
    for (;;) {
      const {first, second} = await prompt([
        {type: 'password', name: 'first', message},
        {type: 'password', name: 'second', message: 'Once more'}
      ])
      if (first === second) return first
      process.stderr.write('The two differ.\n')
    }
  } catch (error) {
    throw interrupted(error)
  }
}

/** Asks for a secret that is there already, once. Nothing of it is shown. @throws MhError INTERRUPTED (exit 130) */
export async function askSecret(message: string): Promise<string> {
  const prompt = inquirer.createPromptModule({output: process.stderr})
  try {
    const {answer} = await prompt([{type: 'password', name: 'answer', message}])
    return answer
  } catch (error) {
    throw interrupted(error)
  }
}

/** Asks whether something that cannot be undone shall be done; No where nothing is typed. @throws MhError INTERRUPTED (exit 130) */
export async function confirm(message: string): Promise<boolean> {
  const prompt = inquirer.createPromptModule({output: process.stderr})
  try {
    const {answer} = await prompt([{type: 'confirm', name: 'answer', message, default: false}])
    return answer
  } catch (error) {
    throw interrupted(error)
  }
}

/** inquirer rejects with its own error where Ctrl-C was pressed. */
const interrupted = (error: unknown): unknown =>
  error instanceof Error && error.name === 'ExitPromptError'
    ? new MhError('INTERRUPTED', 'Interrupted', {exitCode: 130})
    : error
