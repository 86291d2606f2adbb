import {parse} from 'csv-parse/sync'
import type {Answered} from '../in-worker.ts'
import {decodeText} from './decode.ts'

/** A memory a row, every value with its column's name where the first row names them. */
export function readCsv(bytes: Uint8Array, name: string): Answered {
  const text = decodeText(bytes)
  const rows: string[][] = parse(text, {
    delimiter: delimiterOf(text, name),
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true
  })
  const [first = [], ...rest] = rows
  const named = rest.length > 0 && first.every((cell) => cell !== '' && Number.isNaN(Number(cell)))
  const records = named ? rest : rows
  const paragraphs = records.map((cells) => ({
    text: cells
      .flatMap((cell, column) => (cell === '' ? [] : [named && first[column] ? `${first[column]}: ${cell}` : cell]))
      .join('\n')
  }))
  return {parts: [{paragraphs: paragraphs.filter((paragraph) => paragraph.text !== '')}]}
}

/** What stands in the first line most often. */
function delimiterOf(text: string, name: string): string {
  if (/\.tsv$/i.test(name)) return '\t'
  const line = text.slice(0, text.indexOf('\n') + 1 || undefined)
  const count = (mark: string): number => line.split(mark).length
  return [',', ';', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best))
}
