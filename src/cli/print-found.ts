import type {Why} from '../core/memory/explain.ts'
import type {FoundEvent} from '../core/memory/memories.ts'
import {readSettings} from '../core/settings.ts'
import {shortId, textOf} from './memory-table.ts'
import {type Column, printRecords} from './table.ts'
import {atTerminal} from './terminal.ts'

/**
 * What a search found, best first, one line each. On a terminal it says how long ago it was, and what was found for is highlighted;
 * `explain` tells it there.
 * @param whys why each was found: a last field in a pipe, lines of their own below the table on a terminal
 */
export async function printFound(found: readonly FoundEvent[], whys?: readonly (Why | undefined)[]): Promise<string> {
  const reasons = new Map(found.map((one, i) => [one.id, reasonOf(one, whys?.[i])]))
  const why = ({id}: FoundEvent): string => reasons.get(id) ?? ''
  if (found.length === 0 || !atTerminal(1))
    return printRecords(found, whys === undefined ? COLUMNS : [...COLUMNS, {title: 'why', value: why, piped: true}])
  const {terminalColumns} = await import('./found-columns.ts')
  const table = await printRecords(found, terminalColumns(COLUMNS, readSettings(), Date.now()))
  return whys === undefined ? table : `${table}\n\n${found.map((one) => `${shortId(one.id)}  ${why(one)}`).join('\n')}`
}

const COLUMNS: Column<FoundEvent>[] = [
  {title: 'id', value: ({id}) => id, short: ({id}) => shortId(id), piped: true},
  {title: 'when', value: ({timestamp}) => timestamp, piped: true, optional: true},
  {title: 'score', value: ({score, ranks}) => score.toFixed(ranks === undefined ? 2 : 4), piped: true, optional: true},
  {title: 'what', value: textOf, piped: true, flexible: true}
]

const reasonOf = ({ranks}: FoundEvent, why: Why | undefined): string => [...ranksOf(ranks), ...scoreOf(why)].join('; ')

function ranksOf(ranks: FoundEvent['ranks']): string[] {
  const {lexical, semantic} = ranks ?? {}
  return [
    ...(lexical === undefined ? [] : [`by words no. ${lexical.rank} (${lexical.score.toFixed(2)})`]),
    ...(semantic === undefined ? [] : [`by meaning no. ${semantic.rank} (${semantic.score.toFixed(3)})`])
  ]
}

function scoreOf(why: Why | undefined): string[] {
  if (why === undefined) return []
  const terms = why.terms.map(({term, score, words, fields}) => {
    const others = words.filter((word) => word !== term && !term.split(' ').includes(word))
    return `${term} ${score.toFixed(2)} (${[...(others.length > 0 ? [`as ${others.join(', ')}`] : []), fields.join(', ')].join(' in ')})`
  })
  const factors = Object.entries(why.factors).filter(([, factor]) => Math.abs(factor - 1) > 0.005)
  return [
    [
      `(${terms.join(' + ')})`,
      ...factors.map(([name, factor]) => `× ${factor.toFixed(2)} ${name}`),
      ...(why.sitting > 0 ? [`+ ${why.sitting.toFixed(2)} its sitting`] : []),
      ...(why.spread < 1 ? [`× ${why.spread.toFixed(2)} others of its day`] : []),
      `= ${why.score.toFixed(2)}`
    ].join(' ')
  ]
}
