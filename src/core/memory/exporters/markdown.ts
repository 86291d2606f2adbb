import {isDeepStrictEqual} from 'node:util'
import {parse, stringify} from 'yaml'
import type {EpisodicEvent} from '../event.ts'

/**
 * A memory as Markdown: everything that is known of it as YAML between two lines of "---", then the text. Importing it gives an
 * equal memory.
 */
export function toMarkdown({content, ...fields}: EpisodicEvent): string {
  // Text that would not come back the same from a file of text stands in the front matter, quoted.
  const plain = content.isWellFormed() && !/[\0\r]/.test(content)
  return `---\n${frontMatter(plain ? fields : {...fields, content})}---\n\n${plain ? content : ''}\n`
}

function frontMatter(fields: Record<string, unknown>): string {
  const text = stringify(fields, {lineWidth: 0, aliasDuplicateObjects: false})
  if (isDeepStrictEqual(parse(text), fields)) return text
  // JSON is YAML too, and has no such corners as keys of several lines.
  return Object.entries(fields)
    .map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}\n`)
    .join('')
}

/** The name of a memory's file: its day (UTC) and its id. Characters that some file system refuses are written as %XX. */
export const markdownName = ({timestamp, id}: EpisodicEvent): string =>
  `${timestamp.slice(0, timestamp.indexOf('T'))} ${id.replace(/[^\w.-]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)}.md`
