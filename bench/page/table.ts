import {amount, barOf, type Figure, isMissed, timesBeside} from '../figure.ts'

/** The figures of one bench as Markdown: one a row, or where it measures with several numbers of memories, those as columns. */
export function table(figures: readonly Figure[]): string {
  return figures.some(({memories}) => memories !== undefined) ? growth(figures) : list(figures)
}

function list(figures: readonly Figure[]): string {
  const columns: [title: string, cell: (figure: Figure) => string][] = [
    ['', ({what}) => code(what)],
    ['figure', amount],
    [
      'beside it',
      (figure) => (figure.beside ? `${code(figure.beside.what)}: ${amount({...figure, ...figure.beside})}` : '')
    ],
    ['times', (figure) => (figure.beside ? `× ${timesBeside(figure)}` : '')],
    ['bar', (figure) => (figure.bar === undefined ? '' : `${barOf(figure)}${isMissed(figure) ? ', **missed**' : ''}`)],
    ['peak memory', ({peakMb}) => (peakMb === undefined ? '' : megabytes(peakMb))]
  ]
  // A column that nothing stands in is left out.
  const used = columns.filter(([title, cell]) => title === '' || figures.some((figure) => cell(figure) !== ''))
  return aligned([used.map(([title]) => title), ...figures.map((figure) => used.map(([, cell]) => cell(figure)))])
}

function growth(figures: readonly Figure[]): string {
  const counts = [...new Set(figures.map(({memories = 0}) => memories))]
  const names = [...new Set(figures.map(({what}) => what))]
  const cell = (name: string, count: number): string => {
    const figure = figures.find(({what, memories}) => what === name && memories === count)
    if (figure === undefined) return ''
    const peak = figure.peakMb === undefined ? '' : ` (${megabytes(figure.peakMb)})`
    return `${amount(figure)}${peak}`
  }
  return aligned([
    ['memories', ...counts.map((count) => count.toLocaleString('en'))],
    ...names.map((name) => [code(name), ...counts.map((count) => cell(name, count))])
  ])
}

const megabytes = (value: number): string => amount({value: Math.round(value), unit: 'MB'})

/** Commands are set as code, up to the comma or the words that follow them. */
const code = (what: string): string =>
  what.replace(/^(?:mh|node|GET) [^,]+?(?=,| with |$)/, (command) => `\`${command}\``)

function aligned(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const [head = [], ...body] = rows
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...body.map(line)].join('\n')
}
