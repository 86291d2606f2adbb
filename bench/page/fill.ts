/**
 * Puts what was written anew into a page, between `<!-- NAME -->` and `<!-- /NAME -->`. What stands outside of all of these is written by
 * hand, and stays.
 * @throws Error where the page has no such place
 */
export function fill(page: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`The page has no place between ${begin} and ${end}`)
  return `${page.slice(0, from + begin.length)}\n${text.trim()}\n${page.slice(to)}`
}
