/** How much of a unit is a cost, or for `a second` how much is got for it. */
export type Unit = 'ns' | 'µs' | 'ms' | 's' | 'MB' | 'a second'

/** One thing that was measured, and what it is held against. */
export interface Figure {
  what: string
  value: number
  unit: Unit
  /** What nothing can be quicker than, or the same with less to do: of the same unit, measured in the same run. */
  beside?: {what: string; value: number}
  /** What is good enough: at most so many times `beside` where there is one, else at most (of what is got a second, at least) so much. */
  bar?: number
  /** The most memory that its process held. */
  peakMb?: number
  /** How many memories there were, where one thing is measured with several numbers of them. */
  memories?: number
}

const asJson = process.argv.includes('--json')

/**
 * Prints a figure: a line to read, or with `--json` among the arguments a line of JSON, which `npm run bench` makes its page of.
 * Without --json the exit code is 1 where a bar is missed.
 */
export function report(figure: Figure): void {
  if (asJson) {
    console.log(JSON.stringify(figure))
    return
  }
  const {what, beside, bar, peakMb, memories} = figure
  const name = memories === undefined ? what : `${what}, ${memories.toLocaleString('en')} memories`
  const parts = [
    amount(figure),
    ...(beside === undefined ? [] : [`${beside.what} ${amount({...figure, ...beside})}: × ${timesBeside(figure)}`]),
    ...(bar === undefined ? [] : [`${barOf(figure)}: ${isMissed(figure) ? 'MISSED' : 'held'}`]),
    ...(peakMb === undefined ? [] : [`peak ${peakMb.toFixed(0)} MB`])
  ]
  console.log(`${name.padEnd(52)} ${parts.join('; ')}`)
  if (isMissed(figure)) process.exitCode = 1
}

/** How many times as much as its bound it costs; undefined where it has none. */
export function ratioOf({value, unit, beside}: Figure): number | undefined {
  if (beside === undefined) return undefined
  return unit === 'a second' ? beside.value / value : value / beside.value
}

export function isMissed(figure: Figure): boolean {
  const {value, bar} = figure
  if (bar === undefined) return false
  return isLeast(figure) ? value < bar : (ratioOf(figure) ?? value) > bar
}

/** `at most × 2.3`, `at least 500 a second` */
export function barOf(figure: Figure): string {
  const {bar = Number.NaN, beside, unit} = figure
  if (beside !== undefined) return `at most × ${readable(bar)}`
  return `at ${isLeast(figure) ? 'least' : 'most'} ${amount({value: bar, unit})}`
}

const isLeast = ({beside, unit}: Figure): boolean => beside === undefined && unit === 'a second'

/** `3,350 a second`, `7.9 ms` */
export const amount = ({value, unit}: Pick<Figure, 'value' | 'unit'>): string => `${readable(value)} ${unit}`

export const timesBeside = (figure: Figure): string => readable(ratioOf(figure) ?? Number.NaN)

/** Three digits that count, of whole numbers all. */
function readable(value: number): string {
  if (value >= 100 || Number.isInteger(value)) return Math.round(value).toLocaleString('en')
  return value.toFixed(value >= 10 ? 1 : 2)
}
