import {usageError} from '../core/errors.ts'
import {editMemory} from '../core/memory/edit.ts'
import {fromEditText, toEditText} from '../core/memory/edit-text.ts'
import type {ShownMemory} from '../core/memory/memories.ts'
import {mayWrite, takeWritten, writeInEditor} from './editor.ts'
import {readTextFile} from './read-text-file.ts'

interface MarkdownEdit {
  /** Where the text is, in place of an editor. */
  file: string | undefined
  /** What the memory has to be still; what was opened in the editor where it is missing. */
  version: string | undefined
  mayAsk: boolean
}

/**
 * Lets the person change a memory as Markdown. Where the edit cannot be taken, their text is kept in a file that the error names.
 * @throws MhError INVALID_EDIT (exit 2), STALE_VERSION (exit 5), EDITOR_FAILED
 */
export async function editAsMarkdown(memory: ShownMemory, {file, version, mayAsk}: MarkdownEdit): Promise<ShownMemory> {
  if (file === undefined && !mayWrite(mayAsk)) {
    throw usageError(
      'NOTHING_TO_CHANGE',
      'Nothing says what is to change, and no editor can be opened',
      'Use --content, --add-tag or --remove-tag, or set EDITOR'
    )
  }
  const take = (text: string): Promise<ShownMemory> =>
    editMemory(memory.id, fromEditText(text), version ?? memory.version)
  if (file !== undefined) return take(`${readTextFile(file)}\n`)
  const text = `${await writeInEditor(toEditText(memory), 'memory.md')}\n`
  return takeWritten(
    text,
    'memory.md',
    (kept) => `mh memory edit ${memory.id} --file ${kept}`,
    () => take(text)
  )
}
