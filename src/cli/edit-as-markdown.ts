import {mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {MhError, usageError} from '../core/errors.ts'
import {editMemory} from '../core/memory/edit.ts'
import {fromEditText, toEditText} from '../core/memory/edit-text.ts'
import type {ShownMemory} from '../core/memory/memories.ts'
import {writeInEditor} from './editor.ts'
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
  if (file === undefined && !mayAsk && !process.env.VISUAL && !process.env.EDITOR) {
    throw usageError(
      'NOTHING_TO_CHANGE',
      'Nothing says what is to change, and no editor can be opened',
      'Use --content, --add-tag or --remove-tag, or set EDITOR'
    )
  }
  const before = toEditText(memory)
  const text = file === undefined ? `${await writeInEditor(before, 'memory.md')}\n` : `${readTextFile(file)}\n`
  try {
    return await editMemory(memory.id, fromEditText(text), version ?? memory.version)
  } catch (error) {
    if (!(error instanceof MhError) || file !== undefined) throw error
    const kept = keep(text)
    throw new MhError(error.code, error.message, {
      exitCode: error.exitCode,
      hint: `Your text is kept in ${kept}. Mend it, and take it with: mh memory edit ${memory.id} --file ${kept}`
    })
  }
}

function keep(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'mh-edit-')), 'memory.md')
  writeFileSync(path, text, {mode: 0o600})
  return path
}
