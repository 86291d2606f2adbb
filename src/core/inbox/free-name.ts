import {extname} from 'node:path'

/** "notes.md", "notes-2.md", "notes-3.md", …: for whoever takes the first that is free. */
export function* namesLike(name: string): Generator<string> {
  const ending = extname(name)
  yield name
  for (let number = 2; ; number++) yield `${name.slice(0, name.length - ending.length)}-${number}${ending}`
}
