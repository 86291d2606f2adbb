import {Marked} from 'marked'
import sanitize from 'sanitize-html'

/**
 * Makes HTML of a model's Markdown. HTML in it is shown as text, pictures become their description, and links lead to http, https
 * and mailto only; what comes out is sanitised besides, by a list of what may stay.
 * @param cited addresses of the memories that `[1]`, `[2]` … mean
 */
export function renderMarkdown(markdown: string, cited: readonly string[] = []): string {
  const html = makeMarked(cited).parse(markdown, {async: false})
  return sanitize(html, {
    allowedTags: ALLOWED,
    allowedAttributes: {a: ['href', 'rel'], ol: ['start'], th: ['align'], td: ['align']},
    allowedSchemes: ['http', 'https', 'mailto'],
    allowProtocolRelative: false,
    transformTags: {
      a: (tagName, {href = ''}) => ({
        tagName,
        attribs: cited.includes(href)
          ? {href}
          : /^(?:https?:|mailto:)/i.test(href)
            ? {href, rel: 'noreferrer noopener nofollow'}
            : {}
      })
    }
  })
}

/** The same for text that is no Markdown: all of it is shown as it is, but for the citations, which become links. */
export function linkCitations(text: string, cited: readonly string[]): string {
  return text
    .split(/(\[\d{1,3}(?:\s*,\s*\d{1,3})*\])/)
    .map((part, at) => (at % 2 === 1 ? citation(part, cited) : escaped(part)))
    .join('')
}

const ALLOWED = [
  ...['p', 'br', 'hr', 'em', 'strong', 'del', 'code', 'pre', 'blockquote', 'a'],
  ...['ul', 'ol', 'li', 'h3', 'h4', 'h5', 'h6', 'table', 'thead', 'tbody', 'tr', 'th', 'td']
]

function makeMarked(cited: readonly string[]): Marked {
  const marked = new Marked({
    gfm: true,
    renderer: {
      html: ({text}) => escaped(text),
      image: ({text}) => escaped(text),
      // A page has its own first and second headings.
      heading({tokens, depth}) {
        const level = Math.min(depth + 2, 6)
        return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>\n`
      }
    }
  })
  marked.use({
    extensions: [
      {
        name: 'citation',
        level: 'inline',
        start: (text) => text.search(/\[\d/),
        tokenizer(text) {
          const raw = /^\[\d{1,3}(?:\s*,\s*\d{1,3})*\](?![(:[])/.exec(text)?.[0]
          return raw === undefined ? undefined : {type: 'citation', raw}
        },
        renderer: ({raw}) => citation(raw, cited)
      }
    ]
  })
  return marked
}

/** "[1, 3]" with its numbers as links; as it is where one of them means no memory. */
function citation(text: string, cited: readonly string[]): string {
  const numbers = text.slice(1, -1).split(',').map(Number)
  const links = numbers.flatMap((number) => {
    const address = cited[number - 1]
    return address === undefined ? [] : [`<a href="${escaped(address)}">${number}</a>`]
  })
  return links.length === numbers.length ? `[${links.join(', ')}]` : escaped(text)
}

const ENTITIES: Record<string, string> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;'}
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (one) => ENTITIES[one] ?? one)
