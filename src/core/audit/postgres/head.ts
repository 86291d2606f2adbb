/** How many entries the trail has, the day of the last one, and its hash, as they were written with it. */
export interface KnownHead {
  entries: number
  day: string
  hash: string
}

/** The head as a file has it: how many entries and bytes of its last day there are. Where rows are missing it tells of more than there are. */
export function headText({entries, day, hash}: KnownHead, lines: readonly {day: string; line: string}[]): string {
  const before = lines.filter((line) => line.day < day).length
  const expected = entries - before
  const ofDay = lines.slice(before)
  const bytes = ofDay.slice(0, expected).reduce((sum, {line}) => sum + Buffer.byteLength(line) + 1, 0)
  const head = {file: nameOf(day), entries: expected, bytes: bytes + Math.max(0, expected - ofDay.length), hash}
  return `${JSON.stringify(head)}\n`
}

/** A day's file. */
export const nameOf = (day: string): string => `${day}.ndjson`
