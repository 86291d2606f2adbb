import {lexer, type Token, type Tokens} from 'marked'
import stringWidth from 'string-width'
import {colour} from './colour.ts'

/** Markdown as text for a terminal, without a last newline. */
export const renderMarkdown = (markdown: string): string => blocks(lexer(markdown)).replace(/\n+$/, '')

/**
 * An answer in Markdown that is shown while it comes: as it is written first, and as it is meant as soon as a block of it is whole.
 * @param columns width of the terminal: what was shown is taken back row by row
 * @param rows its height: what has scrolled out of it cannot be taken back and stays as it is
 */
export class MarkdownStream {
  readonly #columns: number
  readonly #rows: number
  /** The block that is not whole yet, shown as it is written. */
  #open = ''

  constructor(columns: number, rows: number) {
    this.#columns = columns
    this.#rows = rows
  }

  /** @returns what to write to the terminal for the next piece of the answer */
  push(text: string): string {
    const shown = this.#open
    this.#open += text
    const whole = wholeBlocks(this.#open)
    if (whole === '') return text
    const rest = this.#open.slice(whole.length)
    this.#open = rest
    return this.#replace(shown, text, `${renderMarkdown(whole)}\n\n${rest}`)
  }

  /** @returns what to write at the end of the answer */
  end(): string {
    const shown = this.#open
    this.#open = ''
    return shown.trim() === '' ? '' : `${this.#replace(shown, '', renderMarkdown(shown))}\n`
  }

  #replace(shown: string, more: string, wanted: string): string {
    // Plain text looks alike before and after, and need not flicker.
    if (wanted.startsWith(shown)) return wanted.slice(shown.length)
    const height = shown
      .split('\n')
      .reduce((sum, line) => sum + Math.max(1, Math.ceil(stringWidth(line) / this.#columns)), 0)
    if (height >= this.#rows) return more
    return `\r${height > 1 ? `\u001b[${height - 1}A` : ''}\u001b[J${wanted}`
  }
}

/** The beginning of the text that will not change any more: all blocks but the last. */
function wholeBlocks(text: string): string {
  const tokens = lexer(text)
  const last = tokens.findLastIndex(({type}) => type !== 'space')
  return last < 1
    ? ''
    : tokens
        .slice(0, last)
        .map(({raw}) => raw)
        .join('')
}

function blocks(tokens: readonly Token[]): string {
  return tokens
    .filter(({type}) => type !== 'space')
    .map(block)
    .join('\n\n')
}

function block(token: Token): string {
  switch (token.type) {
    case 'heading':
      return colour.bold.underline(inline(token.tokens ?? []))
    case 'code':
      return token.text
        .split('\n')
        .map((line: string) => `    ${colour.cyan(line)}`)
        .join('\n')
    case 'blockquote':
      return indent(blocks(token.tokens ?? []), colour.dim('│ '), colour.dim('│ '))
    case 'list':
      return list(token as Tokens.List)
    case 'table':
      return table(token as Tokens.Table)
    case 'hr':
      return colour.dim('─'.repeat(20))
    case 'paragraph':
    case 'text':
      return token.tokens === undefined ? token.text : inline(token.tokens)
    default:
      return token.raw.trimEnd()
  }
}

function list({items, ordered, start, loose}: Tokens.List): string {
  return items
    .map((item, index) => {
      const mark = ordered ? `${Number(start) + index}. ` : '• '
      const box = item.task ? (item.checked ? '[x] ' : '[ ] ') : ''
      const text = item.tokens
        .filter(({type}) => type !== 'space' && type !== 'checkbox')
        .map(block)
        .join(loose ? '\n\n' : '\n')
      return indent(box + text, mark, ' '.repeat(mark.length))
    })
    .join(loose ? '\n\n' : '\n')
}

function table({header, rows}: Tokens.Table): string {
  const lines = [header, ...rows].map((cells) => cells.map(({tokens}) => inline(tokens)))
  const widths = header.map((_, column) => Math.max(...lines.map((cells) => stringWidth(cells[column] ?? ''))))
  const text = lines.map((cells) =>
    cells
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - stringWidth(cell)))
      .join('  ')
      .trimEnd()
  )
  return [colour.bold(text[0] ?? ''), ...text.slice(1)].join('\n')
}

function inline(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      const inner = (): string => inline('tokens' in token ? (token.tokens ?? []) : [])
      switch (token.type) {
        case 'strong':
          return colour.bold(inner())
        case 'em':
          return colour.italic(inner())
        case 'del':
          return colour.strikethrough(inner())
        case 'codespan':
          return colour.cyan(token.text)
        case 'link':
          // The address is told, whatever the text says it is.
          return token.text === token.href ? token.href : `${inner()} (${colour.underline(token.href)})`
        case 'br':
          return '\n'
        case 'escape':
          return token.text
        case 'text':
          return 'tokens' in token && token.tokens !== undefined ? inner() : token.raw
        default:
          return token.raw
      }
    })
    .join('')
}

const indent = (text: string, first: string, others: string): string =>
  text
    .split('\n')
    .map((line, index) => (index === 0 ? first : others) + line)
    .join('\n')
