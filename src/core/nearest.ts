/**
 * The names most like `wanted`, nearest first, at most `limit`. A name counts as near when the edit distance is at most a
 * third of the longer one's length (at least 2), or one begins with the other.
 */
export function nearest(wanted: string, names: readonly string[], limit = 3): string[] {
  const word = wanted.toLowerCase()
  return names
    .map((name) => ({
      name,
      distance: name.startsWith(word) || word.startsWith(name) ? 0 : editDistance(word, name.toLowerCase())
    }))
    .filter(({name, distance}) => distance <= Math.max(2, Math.floor(Math.max(name.length, word.length) / 3)))
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, limit)
    .map(({name}) => name)
}

/** "ada" / "ada or bob" / "ada, bob or eve" */
export function alternatives(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} or ${names[names.length - 1]}`
}

/** Levenshtein's distance: insertions, deletions and substitutions of one character each. */
function editDistance(a: string, b: string): number {
  let before = Array.from({length: b.length + 1}, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      row.push(
        Math.min((before[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (before[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1))
      )
    }
    before = row
  }
  return before[b.length] ?? 0
}
