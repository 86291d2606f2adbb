/**
 * Where a text stops being JSON (RFC 8259), as an offset into it. JSON.parse itself tells a position only for some of its errors.
 * Called only after JSON.parse has refused the text; for valid JSON it gives the text's length.
 */
export function jsonErrorOffset(text: string): number {
  let at = 0

  /** Takes what the pattern matches here. @returns whether it did */
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found === null) return false
    at += found[0].length
    return true
  }

  /** A string, in steps of a few thousand characters: one pattern for all of a long one would overflow the stack. */
  const string = (): boolean => {
    if (text[at] !== '"') return false
    at++
    while (take(STRING_PART));
    if (text[at] !== '"') return false
    at++
    return true
  }

  /** @returns false where the text went wrong; `at` then stands at that place */
  const value = (depth: number): boolean => {
    take(SPACE)
    if (depth > DEEPEST) return false
    if (take(OPEN_OBJECT)) return list(CLOSE_OBJECT, () => string() && take(COLON) && value(depth + 1))
    if (take(OPEN_ARRAY)) return list(CLOSE_ARRAY, () => value(depth + 1))
    return string() || take(SCALAR)
  }

  const list = (close: RegExp, item: () => boolean): boolean => {
    take(SPACE)
    if (take(close)) return true
    do {
      take(SPACE)
      if (!item()) return false
      take(SPACE)
    } while (take(COMMA))
    return take(close)
  }

  if (value(0)) take(SPACE)
  return at
}

/** Levels of lists and objects, deeper than any document of ours has: some thousands, and writing it back would overflow the stack. */
export const DEEPEST = 500
const SPACE = /[ \t\r\n]*/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids exactly these in a string
const STRING_PART = /(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})){1,4000}/y
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y
const COLON = /[ \t\r\n]*:/y
const COMMA = /,/y
const OPEN_OBJECT = /\{/y
const CLOSE_OBJECT = /\}/y
const OPEN_ARRAY = /\[/y
const CLOSE_ARRAY = /\]/y
