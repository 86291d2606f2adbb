/** "4 May 2026", as a clock in `zone` has it. */
export const longDate = (at: number, zone: string): string =>
  new Intl.DateTimeFormat('en-GB', {dateStyle: 'long', timeZone: zone}).format(at)
