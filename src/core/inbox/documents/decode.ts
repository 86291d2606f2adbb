import {TextDecoder} from 'node:util'
import {Unreadable} from './unreadable.ts'

/**
 * The text of bytes: by their mark, by the name of an encoding that they say, else UTF-8.
 * @throws Unreadable where they are none in that encoding
 */
export function decodeText(bytes: Uint8Array, said?: string): string {
  const [first, second] = bytes
  const marked = first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : said
  const encoding = marked ?? 'utf-8'
  let decoder: TextDecoder
  try {
    decoder = new TextDecoder(encoding, {fatal: true})
  } catch {
    throw new Unreadable(`its encoding ${encoding.slice(0, 40)} is not known`)
  }
  try {
    return decoder.decode(bytes)
  } catch {
    throw new Unreadable(`it is not text in ${encoding}`)
  }
}
