import {stripVTControlCharacters} from 'node:util'
import {expect, it} from 'vitest'
import {MarkdownStream, renderMarkdown} from '../../src/cli/markdown.ts'

it('shows Markdown as what it means', () => {
  const shown = stripVTControlCharacters(
    renderMarkdown(
      '# Trips\n\nTo **Lyon** and `Rome`, see [the map](https://example.org/map).\n\n- one\n- two\n  - three\n\n1. first\n2. second\n\n> said\n\n```js\nlet a = 1\n```\n\n| a | b |\n|---|---|\n| long one | 2 |'
    )
  )
  expect(shown).toBe(
    'Trips\n\nTo Lyon and Rome, see the map (https://example.org/map).\n\n• one\n• two\n  • three\n\n1. first\n2. second\n\n│ said\n\n    let a = 1\n\na         b\nlong one  2'
  )
})

it.each([
  'Plain words, and [1] a citation.',
  'One **bold** word.\n\n- a\n- b\n\nAnd `code` at the end',
  '# Title\n\n```\nwith *no* emphasis\n```\n\nEnd.'
])('shows at the end of the stream what it shows of the whole: %j', (markdown) => {
  const stream = new MarkdownStream(60, 50)
  const screen = new Screen(60)
  for (const piece of markdown.match(/\S+\s*|\s+/g) ?? []) screen.write(stream.push(piece))
  screen.write(stream.end())
  expect(screen.text()).toBe(stripVTControlCharacters(renderMarkdown(markdown)))
})

it('takes nothing back that has scrolled away', () => {
  const stream = new MarkdownStream(10, 3)
  const pieces = ['**a** '.repeat(20), '\n\nnext'].map((piece) => stream.push(piece))
  expect(pieces.join('')).not.toContain('\u001b[J')
})

/** Enough of a terminal: text, newline, carriage return, cursor up, and clearing what is below. */
class Screen {
  readonly #lines = ['']
  #row = 0
  #column = 0
  readonly #width: number

  constructor(width: number) {
    this.#width = width
  }

  write(text: string): void {
    for (const [part] of text.matchAll(/\p{Cc}\[\d*[A-Za-z]|[\s\S]/gu)) {
      const up = part.length > 1 && part.endsWith('A')
      if (up) this.#row -= Number.parseInt(part.slice(2), 10)
      else if (part === '\u001b[J') {
        this.#lines.length = this.#row + 1
        this.#lines[this.#row] = (this.#lines[this.#row] ?? '').slice(0, this.#column)
      } else if (part === '\r') this.#column = 0
      else if (part === '\n') this.#down()
      else if (!part.startsWith('\u001b')) this.#put(part)
    }
  }

  text(): string {
    return this.#lines.join('\n').trimEnd()
  }

  #put(character: string): void {
    if (this.#column === this.#width) this.#down()
    const line = this.#lines[this.#row] ?? ''
    this.#lines[this.#row] = line.slice(0, this.#column) + character + line.slice(this.#column + 1)
    this.#column++
  }

  #down(): void {
    this.#row++
    this.#column = 0
    this.#lines[this.#row] ??= ''
  }
}
