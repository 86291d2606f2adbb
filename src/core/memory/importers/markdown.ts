import {parse, YAMLParseError} from 'yaml'
import {MhError} from '../../errors.ts'
import {isObject} from '../../json.ts'
import {parseTime} from '../../time.ts'
import {type EpisodicEvent, type EventLink, readEvent} from '../event.ts'
import {type Found, found, hashOf, type Importing, importedEvent} from './found.ts'
import {isWhole} from './record.ts'

/** A note's file, read. */
export interface Note {
  /** Where it is, as the person is told. */
  source: string
  /** File name without its folder. */
  name: string
  text: string
  /** Milliseconds. */
  modified: number
}

/**
 * A note of Markdown or plain text as one memory. Its date is what the front matter says, else what its name begins with, else
 * when the file was changed. A memory that mh itself exported is read back as it was.
 */
export async function readNote(who: Importing, note: Note): Promise<Found> {
  const {source, name, text, modified} = note
  let parts: {front: Record<string, unknown>; frontText: string; body: string}
  try {
    parts = divide(text)
  } catch (error) {
    return {source, reason: `its front matter cannot be read: ${reasonOf(error)}`}
  }
  const {front, frontText, body} = parts
  if (isWhole({content: body, ...front})) return found(source, wholeMemory(who, front, body))
  const content = body.replace(/^(?:[^\S\n]*\n)+/, '').trimEnd()
  if (content === '') return {source, leftOut: 'empty'}
  const {date, created, timestamp, tags, type, importance, entities, source: own, private: secret, ...others} = front
  const at =
    (await firstTime([timestamp, date, created, dateOfName(name)], who.zone)) ?? new Date(modified).toISOString()
  const record = {
    timestamp: at,
    content,
    ...(typeof type === 'string' ? {type} : {}),
    ...(typeof importance === 'number' && importance >= 0 && importance <= 1 ? {importance} : {}),
    ...(Array.isArray(entities) ? {entities: entities.map(String)} : {}),
    tags: [...new Set([...tagsOfFront(tags), ...tagsIn(content)])],
    links: linksIn(`${frontText}\n${content}`),
    metadata: {
      title: name.replace(/\.[^.]+$/, ''),
      ...(Object.keys(others).length === 0 ? {} : {frontMatter: others}),
      ...(own === undefined ? {} : {source: own}),
      ...(secret === true ? {private: true} : {}),
      timezone: who.zone,
      processed: false
    }
  }
  return found(source, importedEvent(who, {source, hash: hashOf(name, text)}, record))
}

/** @throws yaml's error where the front matter is none */
function divide(text: string): {front: Record<string, unknown>; frontText: string; body: string} {
  const none = {front: {}, frontText: '', body: text}
  const start = /^---[^\S\n]*\n/.exec(text)?.[0].length
  if (start === undefined) return none
  const rest = text.slice(start)
  const end = /(?<![^\n])---[^\S\n]*(?:\n|$)/.exec(rest)
  if (end === null) return none
  const frontText = rest.slice(0, end.index)
  const front: unknown = parse(frontText)
  // Two rules with text between them are no front matter; with nothing between them they are an empty one.
  if (!isObject(front) && front !== null) return none
  return {front: front ?? {}, frontText, body: rest.slice(end.index + end[0].length)}
}

/** What yaml says, with the line counted in the file. */
function reasonOf(error: unknown): string {
  if (!(error instanceof YAMLParseError)) return (error as Error).message
  const [message = ''] = error.message.split('\n')
  return `line ${(error.linePos?.[0].line ?? 1) + 1}: ${message.replace(/ at line \d+, column \d+:?$/, '')}`
}

function wholeMemory({userId}: Importing, front: Record<string, unknown>, body: string): EpisodicEvent | string {
  // The exporter put an empty line before the text and a newline after it.
  const content = front.content ?? body.replace(/^\r?\n/, '').replace(/\r?\n$/, '')
  return readEvent({...front, content, userId}, userId)
}

async function firstTime(values: unknown[], zone: string): Promise<string | undefined> {
  for (const value of values) {
    if (typeof value !== 'string' || value.trim() === '') continue
    try {
      return new Date((await parseTime(value, zone)).at).toISOString()
    } catch (error) {
      // A date that is none: the next one says more.
      if (!(error instanceof MhError) || error.code !== 'INVALID_TIME') throw error
    }
  }
  return undefined
}

/**
 * "2024-05-01 Lunch.md", "Lunch 2024-05-01.md", "2024_05_01.md", "20240501T1030.md": ISO 8601, or undefined where the name has no
 * date. Digits without dashes are one only where the name begins with them.
 */
function dateOfName(name: string): string | undefined {
  const [, year, month, day, hour, minute] = NAMED_DATE.exec(name) ?? []
  if (year === undefined) return undefined
  const time = Number(hour) < 24 && Number(minute) < 60 ? `T${hour}:${minute}` : ''
  return `${year}-${month}-${day}${time}`
}

const NAMED_DATE =
  /(?:(?<!\d)(?=\d{4}-\d\d-\d\d)|^)(\d{4})[-_.]?(\d\d)[-_.]?(\d\d)(?:[T _-]+(\d\d)[-_.:h]?(\d\d)(?!\d))?(?!\d)/

/** A list, or one text with commas or blanks between; with or without "#". */
function tagsOfFront(tags: unknown): string[] {
  const list = Array.isArray(tags) ? tags : typeof tags === 'string' ? tags.split(/[,\s]+/) : []
  return list
    .filter((tag) => typeof tag === 'string' || typeof tag === 'number')
    .map((tag) => String(tag).trim().replace(/^#/, ''))
    .filter((tag) => tag !== '')
}

/** As Obsidian has it: after a blank or a bracket, of letters, digits, _, - and /, and not of digits alone. */
const TAG = /(?<=^|[\s(])#([\p{L}\p{M}\p{N}\p{Extended_Pictographic}_/-]+)/gmu

function tagsIn(text: string): string[] {
  return [...withoutCode(text).matchAll(TAG)]
    .map(([, tag = '']) => tag.replace(/\/+$/, ''))
    .filter((tag) => /[^\d_/-]/.test(tag))
}

/** [[Note]], [[folder/Note#Heading|shown]] and ![[embedded]]; a link to a heading of the note itself is none. */
function linksIn(text: string): EventLink[] {
  const targets = [...withoutCode(text).matchAll(/\[\[([^[\]|#^\n]+)[^[\]\n]*\]\]/g)].map(([, target = '']) =>
    target.trim()
  )
  return [...new Set(targets)].filter((target) => target !== '').map((target) => ({type: 'wikilink', target}))
}

const withoutCode = (text: string): string => text.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').replace(/`[^`\n]*`/g, '')
