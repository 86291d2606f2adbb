import {atTerminal, forTerminal} from './terminal.ts'

/** One column of a list. */
export interface Column<T> {
  title: string
  /** The whole value, as scripts get it. */
  value: (record: T) => string
  /** What a person at the terminal is shown in its place. */
  short?: (record: T) => string
  /** Colours what is shown, once it is cut to its width. */
  paint?: (shown: string, record: T) => string
  /** Whether the column is among a piped line's fields. */
  piped?: boolean
  /** Left out where the terminal is narrow. */
  optional?: boolean
  /** The one column that gives way where the terminal is narrow. */
  flexible?: boolean
}

/**
 * A list: on a terminal a table that fits its width, in a pipe one line a record with fields divided by tabs and nothing cut.
 * @returns the text without its last newline; empty where there is no record
 */
export async function printRecords<T>(records: readonly T[], columns: readonly Column<T>[]): Promise<string> {
  if (records.length === 0) return ''
  if (!atTerminal(1)) return lines(records, columns)
  // What measures the width of characters is only needed where somebody looks.
  const {table} = await import('./terminal-table.ts')
  return table(records, columns, process.stdout.columns || 80)
}

/** Names and values of one record, a line each; what has no value is left out. */
export function printFields(fields: readonly (readonly [string, string | null | undefined])[]): string {
  const there = fields.filter(([, value]) => value !== null && value !== undefined && value !== '')
  const width = Math.max(...there.map(([name]) => name.length))
  return there.map(([name, value]) => `${name.padEnd(width)}  ${forTerminal(value ?? '')}`).join('\n')
}

/** A field of a piped line: tabs and newlines in it would end it. */
export const field = (text: string): string =>
  text.replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r')

function lines<T>(records: readonly T[], columns: readonly Column<T>[]): string {
  const piped = columns.filter((column) => column.piped === true)
  return records.map((record) => piped.map(({value}) => field(value(record))).join('\t')).join('\n')
}
