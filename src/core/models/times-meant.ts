import {fromLocal, localTime, zoneOffset} from '../time.ts'

const RELATIVE =
  /\b(?:yesterday|today|tonight|tomorrow|ago|last|next|this|previous|coming|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b/i

/**
 * The dates that words in a note mean, seen from the day on which it was written: "yesterday" in a note of 8 May is 7 May.
 * @param written milliseconds
 * @param zone IANA name of the person's zone
 * @returns each time expression with its date ("yesterday: 7 May 2023"), or month or year where it says no more
 */
export async function timesMeant(text: string, written: number, zone: string): Promise<string[]> {
  if (!RELATIVE.test(text)) return []
  const {parse} = await import('chrono-node')
  const found = parse(text, {instant: new Date(written), timezone: zoneOffset(zone, written) / 60_000})
  return found.flatMap(({text: words, start}) => {
    const [year, month, day] = [start.get('year'), start.get('month'), start.get('day')]
    // What names its day and year itself needs no telling, and so do words that are no such expression.
    if ((start.isCertain('day') && start.isCertain('year') && /\d{4}/.test(words)) || !RELATIVE.test(words)) return []
    if (year === null || month === null || day === null) return []
    // "today" says what the date of the note says.
    if (localTime(written, zone).startsWith(new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10)))
      return []
    const at = fromLocal(Date.UTC(year, month - 1, day, 12), zone)
    const exact = !/\b(?:month|year)s?\b/i.test(words)
    const style: Intl.DateTimeFormatOptions = exact
      ? {dateStyle: 'long'}
      : /\byears?\b/i.test(words)
        ? {year: 'numeric'}
        : {year: 'numeric', month: 'long'}
    return [`${words}: ${new Intl.DateTimeFormat('en-GB', {...style, timeZone: zone}).format(at)}`]
  })
}
