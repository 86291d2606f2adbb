import {KINDS, NEAR, WEAK} from './everyday.data.ts'

/** Terms near in meaning to an English term: whatever stands in a line with it. */
export function nearTo(term: string): Set<string> {
  const near = new Set<string>()
  const key = ` ${term} `
  for (let at = NEAR.indexOf(key); at !== -1; at = NEAR.indexOf(key, at + key.length - 1)) {
    const line = NEAR.slice(NEAR.lastIndexOf('\n', at) + 1, NEAR.indexOf('\n', at))
    for (const other of line.trim().split(' ')) if (other !== term) near.add(other)
  }
  return near
}

/** Members of the kind that an English term names ("country": "france", "spain", …); empty where it names none. */
export function membersOf(term: string): string[] {
  const key = `\n${term}:`
  const at = KINDS.indexOf(key)
  return at === -1
    ? []
    : KINDS.slice(at + key.length, KINDS.indexOf('\n', at + 1))
        .trim()
        .split(' ')
}

let weak: Set<string> | undefined
/** Terms that say little in a question: "kind", "name", "go". */
export const weakTerms = (): Set<string> => (weak ??= new Set(WEAK.split(' ')))
