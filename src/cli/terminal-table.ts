import {stripVTControlCharacters} from 'node:util'
import chalk from 'chalk'
import cliTruncate from 'cli-truncate'
import stringWidth from 'string-width'
import type {Column} from './table.ts'

const NARROWEST = 8
const GAP = '  '

/** A table that fits `width` cells of a terminal: the flexible column gives way. */
export function table<T>(records: readonly T[], columns: readonly Column<T>[], width: number): string {
  const shown = columns.filter((column) => column.title !== 'id' || column.short !== undefined)
  const rows = records.map((record) => shown.map(({value, short}) => oneLine((short ?? value)(record))))
  const widths = shown.map(({title}, index) =>
    Math.max(...[title, ...rows.map((row) => row[index] ?? '')].map((cell) => stringWidth(cell)))
  )
  const flexible = shown.findIndex((column) => column.flexible === true)
  if (flexible >= 0) {
    const others = widths.reduce((sum, one, index) => sum + (index === flexible ? 0 : one + GAP.length), 0)
    widths[flexible] = Math.max(NARROWEST, Math.min(widths[flexible] ?? 0, width - others))
  }
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => fit(cell, widths[index] ?? 0))
      .join(GAP)
      .trimEnd()
  return [chalk.bold(line(shown.map(({title}) => title.toUpperCase()))), ...rows.map(line)].join('\n')
}

/** Text of a memory may hold anything: what steers a terminal must not reach it. */
const oneLine = (text: string): string =>
  stripVTControlCharacters(text)
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()

function fit(text: string, width: number): string {
  const cut = cliTruncate(text, width)
  return cut + ' '.repeat(Math.max(0, width - stringWidth(cut)))
}
