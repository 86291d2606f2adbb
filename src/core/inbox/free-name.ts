import {extname} from 'node:path'

/** In bytes: what file systems take, with room for a number and for the ending of the file that tells a reason. */
const LONGEST_NAME = 255 - 24
const LONGEST_ENDING = 24

/** "notes.md", "notes-2.md", "notes-3.md", …: for whoever takes the first that is free. A name that is too long is cut before its ending. */
export function* namesLike(name: string): Generator<string> {
  const found = extname(name)
  const ending = Buffer.byteLength(found) > LONGEST_ENDING ? '' : found
  const stem = cut(name.slice(0, name.length - ending.length), LONGEST_NAME - Buffer.byteLength(ending))
  yield `${stem}${ending}`
  for (let number = 2; ; number++) yield `${stem}-${number}${ending}`
}

function cut(text: string, mostBytes: number): string {
  if (Buffer.byteLength(text) <= mostBytes) return text
  let kept = ''
  let bytes = 0
  for (const character of text) {
    bytes += Buffer.byteLength(character)
    if (bytes > mostBytes) break
    kept += character
  }
  return kept
}
