import cliTruncate from 'cli-truncate'
import stringWidth from 'string-width'
import {colour} from './colour.ts'
import type {Column} from './table.ts'
import {onOneLine} from './terminal.ts'

const NARROWEST = 8
/** Below this width columns are dropped, one for so many cells. */
const COMFORTABLE = 60
const COLUMN = 15
const GAP = '  '

/** A table that fits `width` cells of a terminal: the flexible column gives way. */
export function table<T>(records: readonly T[], columns: readonly Column<T>[], width: number): string {
  const shown = fitting(
    columns.filter((column) => column.title !== 'id' || column.short !== undefined),
    width
  )
  const rows = records.map((record) => shown.map(({value, short}) => onOneLine((short ?? value)(record))))
  const widths = shown.map(({title}, index) =>
    Math.max(...[title, ...rows.map((row) => row[index] ?? '')].map((cell) => stringWidth(cell)))
  )
  const flexible = shown.findIndex((column) => column.flexible === true)
  if (flexible >= 0) {
    const others = widths.reduce((sum, one, index) => sum + (index === flexible ? 0 : one + GAP.length), 0)
    widths[flexible] = Math.max(NARROWEST, Math.min(widths[flexible] ?? 0, width - others))
  }
  const line = (cells: readonly string[], record?: T): string =>
    cells
      .map((cell, index) => fit(cell, widths[index] ?? 0, (cut) => painted(shown[index], cut, record)))
      .join(GAP)
      .trimEnd()
  return [
    colour.bold(line(shown.map(({title}) => title.toUpperCase()))),
    ...rows.map((row, index) => line(row, records[index]))
  ].join('\n')
}

/** Where the terminal is narrow, columns that say the least go first, from the right. */
function fitting<T>(columns: readonly Column<T>[], width: number): readonly Column<T>[] {
  const dropped = Math.max(0, Math.ceil((COMFORTABLE - width) / COLUMN))
  const optional = columns.filter(({optional}) => optional === true)
  const gone = new Set(optional.slice(Math.max(0, optional.length - dropped)))
  return columns.filter((column) => !gone.has(column))
}

function painted<T>(column: Column<T> | undefined, cut: string, record: T | undefined): string {
  return record === undefined || column?.paint === undefined ? cut : column.paint(cut, record)
}

function fit(text: string, width: number, paint: (cut: string) => string): string {
  const cut = cliTruncate(text, width)
  return paint(cut) + ' '.repeat(Math.max(0, width - stringWidth(cut)))
}
