import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {execa} from 'execa'
import {MhError} from '../core/errors.ts'

/**
 * Lets the person write in $VISUAL, $EDITOR, else vi. The file lies in a folder of theirs alone while they do.
 * @returns the text as they left it, without its last newline
 * @throws MhError EDITOR_FAILED, with the place of the text where the editor ended badly
 */
export async function writeInEditor(text: string, name: string): Promise<string> {
  const editor = process.env.VISUAL || process.env.EDITOR || 'vi'
  const folder = mkdtempSync(join(tmpdir(), 'mh-'))
  const file = join(folder, name)
  writeFileSync(file, text, {mode: 0o600})
  try {
    const [command = editor, ...words] = editor.split(' ')
    await execa(command, [...words, file], {stdio: 'inherit'})
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
