import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {execa} from 'execa'
import {readSetting} from '../core/config/settings.ts'
import {MhError, usageError} from '../core/errors.ts'
import {atTerminal} from './terminal.ts'

/**
 * Takes what a person wrote. Where it cannot be taken, their text is kept in a file that the error names.
 * @param name of that file @param again the command that takes it from there
 * @throws what `take` throws, with the place of the text
 */
export async function takeWritten<T>(
  text: string,
  name: string,
  again: (file: string) => string,
  take: () => Promise<T>
): Promise<T> {
  try {
    return await take()
  } catch (error) {
    if (!(error instanceof MhError)) throw error
    const kept = join(mkdtempSync(join(tmpdir(), 'mh-edit-')), name)
    writeFileSync(kept, text, {mode: 0o600})
    throw new MhError(error.code, error.message, {
      exitCode: error.exitCode,
      hint: `Your text is kept in ${kept}. Mend it, and take it with: ${again(kept)}`
    })
  }
}

/** Whether a text can be written: somebody may be asked, or names an editor, in the environment or in their settings. */
export const mayWrite = (mayAsk: boolean): boolean => mayAsk || readSetting('editor').origin !== 'default'

/**
 * Lets the person write in $VISUAL, $EDITOR, the editor of their settings, else vi. The file lies in a folder of theirs alone while they do.
 * @returns the text as they left it, without its last newline
 * @throws MhError NO_EDITOR (exit 2) where nobody sits at the terminal and no editor is named
 * @throws MhError EDITOR_FAILED, with the place of the text where the editor ended badly
 */
export async function writeInEditor(text: string, name: string): Promise<string> {
  const {value, origin} = readSetting('editor')
  const editor = String(value)
  if (!atTerminal(0) && origin === 'default') {
    throw usageError(
      'NO_EDITOR',
      'An editor is wanted, and nobody sits at the terminal',
      'Give the text on the line or by standard input'
    )
  }
  const folder = mkdtempSync(join(tmpdir(), 'mh-'))
  const file = join(folder, name)
  writeFileSync(file, text, {mode: 0o600})
  try {
    const [command = editor, ...words] = editor.split(' ')
    // stdout is for results: where it is no terminal, the editor shows itself on stderr.
    await execa(command, [...words, file], {stdin: 'inherit', stdout: atTerminal(1) ? 'inherit' : 2, stderr: 'inherit'})
  } catch (error) {
    throw new MhError(
      'EDITOR_FAILED',
      `The editor ${JSON.stringify(editor)} did not end well: ${(error as Error).message.split('\n')[0]}`,
      {
        hint: `Set EDITOR to one that is there. What was written is kept in ${file}`
      }
    )
  }
  const written = readFileSync(file, 'utf8').replace(/\r?\n$/, '')
  rmSync(folder, {recursive: true})
  return written
}
