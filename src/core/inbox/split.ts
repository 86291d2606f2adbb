/** A run of text that belongs together. */
export interface Paragraph {
  text: string
  /** It names what follows, and says little alone. */
  heading?: boolean
}

/**
 * The paragraphs of a text: what empty lines divide. Within a fence of Markdown code they divide nothing.
 * @param markdown whether lines that begin with "#" are headings
 */
export function paragraphsOf(text: string, markdown = false): Paragraph[] {
  const paragraphs: Paragraph[] = []
  let lines: string[] = []
  let fence: string | undefined
  const end = (heading = false): void => {
    const paragraph = lines.join('\n').replace(/^\n+/, '').trimEnd()
    lines = []
    if (paragraph.trim() !== '') paragraphs.push({text: paragraph, ...(heading ? {heading} : {})})
  }
  for (const line of text.replace(/\r\n?/g, '\n').split('\n')) {
    const [, mark] = markdown ? (/^\s*(```+|~~~+)/.exec(line) ?? []) : []
    if (fence !== undefined) {
      lines.push(line)
      if (mark?.startsWith(fence) === true) fence = undefined
    } else if (markdown && /^#{1,6}\s/.test(line)) {
      end()
      lines = [line]
      end(true)
    } else if (line.trim() === '') end()
    else {
      fence = mark
      lines.push(line)
    }
  }
  end()
  return paragraphs
}

/**
 * Paragraphs as texts of at most `longest` characters. Headings go with what follows them; a long paragraph is divided after
 * sentences, a long sentence between words, a long word between characters as people see them. Nothing but blanks is lost.
 * @param longest in UTF-16 units, so that no way of counting gives more
 * @param language of the text: "en", "de", …
 */
export function divide(paragraphs: readonly Paragraph[], longest: number, language: string): string[] {
  const texts: string[] = []
  let headings: string[] = []
  for (const {text, heading} of paragraphs) {
    if (heading === true) {
      headings.push(text)
      continue
    }
    texts.push(...fit([...headings, text], longest, language))
    headings = []
  }
  if (headings.length > 0) texts.push(...fit(headings, longest, language))
  return texts
}

function fit(parts: readonly string[], longest: number, language: string): string[] {
  const whole = parts.join('\n\n')
  if (whole.length <= longest) return [whole]
  return packed(whole, longest, [
    (text) => segments(text, language, 'sentence'),
    (text) => text.match(/\S+\s*|\s+/g) ?? [],
    (text) => segments(text, language, 'grapheme'),
    (text) => [...text]
  ])
}

type Divide = (text: string) => Iterable<string>

/** Fills texts with pieces until the next one does not fit; a piece that fits nowhere is divided more finely. */
function packed(text: string, longest: number, [divideText, ...finer]: readonly Divide[]): string[] {
  const texts: string[] = []
  let open = ''
  const close = (): void => {
    if (open.trim() !== '') texts.push(open.trim())
    open = ''
  }
  for (const piece of divideText?.(text) ?? []) {
    if (open.length + piece.trimEnd().length <= longest) open += piece
    else {
      close()
      if (piece.trimEnd().length <= longest) open = piece
      else {
        const inner = packed(piece, longest, finer)
        open = inner.pop() ?? ''
        if (/\s$/.test(piece)) open += ' '
        texts.push(...inner)
      }
    }
  }
  close()
  return texts
}

const segmenters = new Map<string, Intl.Segmenter>()

function* segments(text: string, language: string, granularity: 'sentence' | 'grapheme'): Generator<string> {
  const key = `${language} ${granularity}`
  let segmenter = segmenters.get(key)
  if (segmenter === undefined) {
    segmenter = new Intl.Segmenter(language, {granularity})
    segmenters.set(key, segmenter)
  }
  for (const {segment} of segmenter.segment(text)) yield segment
}
