import {parse, YAMLParseError} from 'yaml'
import {usageError} from '../core/errors.ts'
import {openPart, replacePart} from '../core/persona/change.ts'
import type {PersonaPart} from '../core/persona/documents.ts'
import {mayWrite, takeWritten, writeInEditor} from './editor.ts'
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
  if (!mayWrite(mayAsk))
    throw usageError('NO_EDITOR', 'No editor can be opened here', 'Set EDITOR, or use mh persona set, or --file')
  const {document, version} = openPart(part, facet)
  const text = await writeInEditor(`${await printDocument(document)}\n`, 'persona.yaml')
  const again = (kept: string): string =>
    ['mh persona edit', part, ...(facet === undefined ? [] : ['--facet', facet]), '--file', kept].join(' ')
  return takeWritten(`${text}\n`, 'persona.yaml', again, () => replacePart(part, fromYaml(text), version, facet))
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
