/** The numbers of the memories that an answer cites: "[1, 3]" names two. */
export const citedIn = (reply: string): Set<number> =>
  new Set(
    [...reply.matchAll(/\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]/g)].flatMap(([, list = '']) => list.split(',').map(Number))
  )
