import {convert} from 'html-to-text'
import type {Answered} from '../in-worker.ts'
import {type Paragraph, paragraphsOf} from '../split.ts'
import {decodeText} from './decode.ts'

/** A page: its text without what is only for the eye. */
export function readHtml(bytes: Uint8Array): Answered {
  const start = Buffer.from(bytes.subarray(0, 2048)).toString('latin1')
  const said = /<meta[^>]+charset\s*=\s*["']?([\w-]+)/i.exec(start)?.[1]
  const html = decodeText(bytes, said)
  const title = /<title[^>]*>([^<]{1,300})<\/title>/i.exec(html.slice(0, 65_536))?.[1]
  return {
    parts: [{paragraphs: textOfHtml(html)}],
    ...(title === undefined ? {} : {title: convert(title, {wordwrap: false}).trim()})
  }
}

/** The paragraphs of HTML; headings come as Markdown has them, so that they go with what follows. */
export function textOfHtml(html: string): Paragraph[] {
  const heading = (level: number): {selector: string; format: string; options: object} => ({
    selector: `h${level}`,
    format: 'markdownHeading',
    options: {level}
  })
  const text = convert(html, {
    wordwrap: false,
    limits: {maxInputLength: Number.MAX_SAFE_INTEGER, maxDepth: 500},
    formatters: {
      markdownHeading(element, walk, builder, {level}) {
        builder.openBlock({leadingLineBreaks: 2})
        builder.addInline(`${'#'.repeat(level)} `)
        walk(element.children, builder)
        builder.closeBlock({trailingLineBreaks: 2})
      }
    },
    selectors: [
      {selector: 'img', format: 'skip'},
      {selector: 'a', options: {ignoreHref: true}},
      {selector: 'table', format: 'dataTable', options: {uppercaseHeaderCells: false, maxColumnWidth: 120}},
      ...[1, 2, 3, 4, 5, 6].map(heading)
    ]
  })
  return paragraphsOf(text, true)
}
