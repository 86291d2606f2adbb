import {extractTextItems, getDocumentProxy, type StructuredTextItem} from 'unpdf'
import type {Answered} from '../in-worker.ts'
import type {Paragraph} from '../split.ts'
import {Unreadable} from './unreadable.ts'

/** A book has a thousand. */
const MOST_PAGES = 5000

/** The text of a PDF. One that was scanned has none, and is told. */
export async function readPdf(bytes: Uint8Array): Promise<Answered> {
  const pdf = await getDocumentProxy(new Uint8Array(bytes), {verbosity: 0}).catch((error: Error) => {
    throw error.name === 'PasswordException' ? new Unreadable('it is encrypted') : error
  })
  if (pdf.numPages > MOST_PAGES) throw new Unreadable(`it has ${pdf.numPages} pages, ${MOST_PAGES} at most are read`)
  const {items} = await extractTextItems(pdf)
  const paragraphs = items.flatMap(paragraphsOfPage)
  if (paragraphs.length === 0) throw new Unreadable('it has no text: it may be a scan')
  return {parts: [{paragraphs}]}
}

interface Line {
  text: string
  /** From the bottom, in points. */
  y: number
  size: number
}

/** A gap of more than so many heights of a line begins a paragraph. */
const GAP = 1.8

/** A PDF knows no paragraphs, only where each piece of text stands: a larger gap, or another size of type, divides them. */
function paragraphsOfPage(items: readonly StructuredTextItem[]): Paragraph[] {
  const paragraphs: {text: string}[] = []
  let before: Line | undefined
  for (const line of linesOf(items)) {
    const last = paragraphs.at(-1)
    if (last === undefined || before === undefined || divided(before, line)) paragraphs.push({text: line.text})
    else last.text = joined(last.text, line.text)
    before = line
  }
  return paragraphs
}

function linesOf(items: readonly StructuredTextItem[]): Line[] {
  const lines: Line[] = []
  let open: Line | undefined
  for (const {str, y, fontSize, hasEOL} of items) {
    open ??= {text: '', y, size: fontSize}
    open.text += str
    open.size = Math.max(open.size, fontSize)
    if (hasEOL) {
      lines.push(open)
      open = undefined
    }
  }
  if (open !== undefined) lines.push(open)
  return lines.map((line) => ({...line, text: line.text.trim()})).filter(({text}) => text !== '')
}

const divided = (above: Line, below: Line): boolean =>
  Math.abs(above.y - below.y) > GAP * Math.max(above.size, below.size, 1) ||
  Math.abs(above.size - below.size) > 0.2 * Math.max(above.size, below.size)

/** A word that the end of a line divided is one again. */
const joined = (text: string, next: string): string =>
  /\p{Ll}-$/u.test(text) && /^\p{Ll}/u.test(next) ? text.slice(0, -1) + next : `${text} ${next}`
