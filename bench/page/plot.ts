import type {Figure} from '../figure.ts'

const WIDTH = 860
const HEIGHT = 460
/** Where the lines are drawn; to the right of it are their names. */
const AREA = {left: 64, right: 540, top: 40, bottom: 410}
/** Told apart by those who see fewer colours too (Okabe and Ito). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#000000', '#999999']
/** Between two names, so that neither hides the other. */
const LEAST_APART = 18

interface Line {
  name: string
  colour: string
  points: {memories: number; ms: number}[]
}

/** An SVG picture of how times grow with the number of memories; both scales are logarithmic, so that what grows as they do is a straight rise. */
export function plot(figures: readonly Figure[]): string {
  const timed = figures.filter(({unit, memories}) => unit === 'ms' && memories !== undefined)
  const names = [...new Set(timed.map(({what}) => what))]
  const lines = names.map((name, at): Line => {
    const mine = timed.filter(({what}) => what === name)
    const points = mine.map(({memories = 0, value}) => ({memories, ms: value}))
    return {name, colour: COLOURS[at % COLOURS.length] ?? '', points}
  })
  const counts = [...new Set(timed.map(({memories = 0}) => memories))]
  const times = timed.map(({value}) => value)
  const x = scale(Math.min(...counts), Math.max(...counts), AREA.left, AREA.right)
  const [least, most] = [decade(Math.min(...times), Math.floor), decade(Math.max(...times), Math.ceil)]
  const y = scale(least, most, AREA.bottom, AREA.top)
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13">`,
    '<title>Milliseconds by number of memories</title>',
    '<rect width="100%" height="100%" fill="#fff"/>',
    `<text x="${AREA.left}" y="22" font-weight="bold">milliseconds, by number of memories</text>`,
    ...decades(least, most).map((ms) => horizontal(y(ms), ms.toLocaleString('en'))),
    ...counts.map((count) => vertical(x(count), count.toLocaleString('en'))),
    ...lines.map(({colour, points}) =>
      drawn(
        colour,
        points.map(({memories, ms}) => [x(memories), y(ms)] as const)
      )
    ),
    ...labels(lines, (ms) => y(ms)),
    '</svg>'
  ].join('\n')}\n`
}

/** Where a value stands between two places, by its logarithm. */
function scale(least: number, most: number, from: number, to: number): (value: number) => number {
  const whole = Math.log(most / least) || 1
  return (value) => Math.round((from + ((to - from) * Math.log(value / least)) / whole) * 10) / 10
}

const decade = (value: number, round: (power: number) => number): number => 10 ** round(Math.log10(value))

const decades = (least: number, most: number): number[] =>
  Array.from({length: Math.round(Math.log10(most / least)) + 1}, (_, at) => Number((least * 10 ** at).toPrecision(1)))

const horizontal = (y: number, name: string): string =>
  `<path d="M${AREA.left} ${y}H${AREA.right}" stroke="#ddd"/><text x="${AREA.left - 8}" y="${y + 4}" text-anchor="end">${name}</text>`

const vertical = (x: number, name: string): string =>
  `<path d="M${x} ${AREA.top}V${AREA.bottom}" stroke="#eee"/><text x="${x}" y="${AREA.bottom + 22}" text-anchor="middle">${name}</text>`

const drawn = (colour: string, points: readonly (readonly [number, number])[]): string =>
  [
    `<polyline points="${points.map(([x, y]) => `${x},${y}`).join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...points.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="3" fill="${colour}"/>`)
  ].join('')

/** The names at the ends of the lines, moved apart where those are near to each other. */
function labels(lines: readonly Line[], y: (ms: number) => number): string[] {
  const ends = lines
    .map(({name, colour, points}) => ({name, colour, at: y(points.at(-1)?.ms ?? 1)}))
    .sort((a, b) => a.at - b.at)
  let free = AREA.top
  // Those at the bottom must not be pushed out of the picture.
  const last = AREA.bottom - (ends.length - 1) * LEAST_APART
  return ends.map(({name, colour, at}, index) => {
    const place = Math.max(free, Math.min(at, last + index * LEAST_APART))
    free = place + LEAST_APART
    return `<path d="M${AREA.right + 4} ${at}L${AREA.right + 18} ${place}" stroke="${colour}"/><text x="${AREA.right + 22}" y="${place + 4}" fill="${colour}">${escaped(name)}</text>`
  })
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
