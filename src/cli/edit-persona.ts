import {mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parse, YAMLParseError} from 'yaml'
import {MhError, usageError} from '../core/errors.ts'
import {openPart, replacePart} from '../core/persona/change.ts'
import type {PersonaPart} from '../core/persona/documents.ts'
import {writeInEditor} from './editor.ts'
import {printDocument} from './print-document.ts'
import {readTextFile} from './read-text-file.ts'

interface PersonaEditing {
  facet: string | undefined
  /** Where the text is, in place of an editor. */
  file: string | undefined
  mayAsk: boolean
}

/**
 * Lets the person change a part of their persona as YAML. Where it cannot be taken, their text is kept in a file that the error names.
 * @throws MhError INVALID_PERSONA (exit 2) with the line, STALE_VERSION (exit 5), EDITOR_FAILED
 */
export async function editPersona(
  part: PersonaPart,
  {facet, file, mayAsk}: PersonaEditing
): Promise<{version: number; changed: string[]}> {
  if (file !== undefined) return replacePart(part, fromYaml(readTextFile(file)), undefined, facet)
  if (!mayAsk && !process.env.VISUAL && !process.env.EDITOR)
    throw usageError('NO_EDITOR', 'No editor can be opened here', 'Set EDITOR, or use mh persona set, or --file')
  const {document, version} = openPart(part, facet)
  const text = await writeInEditor(`${await printDocument(document)}\n`, 'persona.yaml')
  try {
    return await replacePart(part, fromYaml(text), version, facet)
  } catch (error) {
    if (!(error instanceof MhError)) throw error
    const kept = join(mkdtempSync(join(tmpdir(), 'mh-edit-')), 'persona.yaml')
    writeFileSync(kept, `${text}\n`, {mode: 0o600})
    const again = ['mh persona edit', part, ...(facet === undefined ? [] : ['--facet', facet]), '--file', kept].join(
      ' '
    )
    throw new MhError(error.code, error.message, {
      exitCode: error.exitCode,
      hint: `Your text is kept in ${kept}. Mend it, and take it with: ${again}`
    })
  }
}

function fromYaml(text: string): unknown {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error
    const line = error.linePos?.[0].line
    const reason = error.message.split(/ at line|\n/)[0]
    throw usageError('INVALID_PERSONA', `That is no YAML${line === undefined ? '' : `, line ${line}`}: ${reason}`)
  }
}
