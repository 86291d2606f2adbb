/** What `npm run bench` runs, in this order, and writes a section of docs/performance.md of. */
export interface Section {
  /** Its script is bench/NAME.ts, its place in the page is between `<!-- NAME -->` and `<!-- /NAME -->`. */
  name: string
  /** What makes it a matter of seconds. The figures mean nothing then. */
  quick: readonly string[]
}

export const SECTIONS: readonly Section[] = [
  {name: 'startup', quick: ['--runs', '2']},
  {name: 'context', quick: ['--times', '2000']},
  {name: 'memory', quick: ['--memories', '500']},
  {name: 'growth', quick: ['--most', '1000']},
  {name: 'tasks', quick: ['--many', '200', '--runs', '2']},
  {name: 'chat', quick: ['--memories', '500']},
  {name: 'agents', quick: ['--memories', '100', '--many', '200']},
  {name: 'serve', quick: ['--seconds', '1', '--memories', '500']}
]
