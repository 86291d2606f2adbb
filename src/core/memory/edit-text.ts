import {isMap, isScalar, LineCounter, type Pair, parseDocument, stringify} from 'yaml'
import {usageError} from '../errors.ts'
import type {EpisodicEvent} from './event.ts'

/** What a person may change of a memory. Everything else stays as it is. */
export type EditedFields = Partial<
  Pick<EpisodicEvent, 'timestamp' | 'type' | 'tags' | 'entities' | 'importance' | 'response'>
> & {content: string}

/** A memory as a person edits it: YAML between two lines of "---", then the text. */
export function toEditText({timestamp, type, tags, entities, importance, response, content}: EpisodicEvent): string {
  const front = stringify(
    {timestamp, type, tags, entities, importance, ...(response === undefined ? {} : {response})},
    {lineWidth: 0, flowCollectionPadding: false}
  )
  return `---\n${front}---\n\n${content}\n`
}

/**
 * Reads what a person made of it.
 * @throws MhError INVALID_EDIT (exit 2) that names the line, counted from 1, and what is wrong in it
 */
export function fromEditText(text: string): EditedFields {
  const lines = text.replaceAll('\r\n', '\n').split('\n')
  if (lines[0] !== '---') throw invalid(1, 'the text does not begin with a line of ---')
  const end = lines.indexOf('---', 1)
  if (end === -1) throw invalid(lines.length, 'the second line of --- is missing')
  const fields = readFront(lines.slice(1, end).join('\n'))
  const content = lines
    .slice(end + 1)
    .join('\n')
    .replace(/^\n+/, '')
    .replace(/\n+$/, '')
  if (content.trim() === '') throw invalid(end + 2, 'the text of the memory is empty')
  return {...fields, content}
}

/** For each field: whether a value is right, and what it should be. */
const FIELDS: Record<string, {right: (value: unknown) => boolean; should: string}> = {
  timestamp: {
    right: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
    should: 'a time in ISO 8601'
  },
  type: {right: (value) => typeof value === 'string' && value !== '', should: 'a word'},
  tags: {right: isTexts, should: 'a list of texts'},
  entities: {right: isTexts, should: 'a list of texts'},
  importance: {right: (value) => typeof value === 'number' && value >= 0 && value <= 1, should: 'a number from 0 to 1'},
  response: {right: (value) => typeof value === 'string', should: 'a text'}
}

function readFront(text: string): Omit<EditedFields, 'content'> {
  const counter = new LineCounter()
  // Times stay the texts that they are written as.
  const document = parseDocument(text, {lineCounter: counter, schema: 'core'})
  const error = document.errors[0]
  // The first line of the whole is the --- above it.
  if (error !== undefined)
    throw invalid(
      (error.linePos?.[0].line ?? 1) + 1,
      error.message.split('\n')[0]?.replace(/ at line.*/, '') ?? 'it is no YAML'
    )
  if (document.contents === null) return {}
  if (!isMap(document.contents)) throw invalid(2, 'it is not a list of names and values')
  const fields: Record<string, unknown> = {}
  for (const pair of document.contents.items as Pair[]) {
    const name = isScalar(pair.key) ? String(pair.key.value) : ''
    const line = counter.linePos((isScalar(pair.key) && pair.key.range?.[0]) || 0).line + 1
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined
    if (field === undefined)
      throw invalid(line, `${JSON.stringify(name)} is no field that can be edited: ${Object.keys(FIELDS).join(', ')}`)
    const value =
      document.get(name) instanceof Object ? (document.toJS() as Record<string, unknown>)[name] : document.get(name)
    if (!field.right(value)) throw invalid(line, `${name} is not ${field.should}`)
    fields[name] = name === 'timestamp' ? new Date(value as string).toISOString() : value
  }
  return fields as Omit<EditedFields, 'content'>
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

const invalid = (line: number, reason: string): Error => usageError('INVALID_EDIT', `Line ${line}: ${reason}`)
