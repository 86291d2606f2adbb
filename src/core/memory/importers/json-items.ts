import {TextDecoder} from 'node:util'
import {parseShallow} from '../../json.ts'

/** One value of a stream of JSON, or why it is none. Numbers count from 1. */
export type JsonItem = {number: number} & ({value: unknown} | {reason: string})

/** A conversation of several years has a few megabytes; what is larger than this was not said by a person. */
const LARGEST_ITEM = 64 * 1024 * 1024

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/**
 * The items of a JSON array, or JSON values one after another, as their bytes come. Only the ends of the items are looked for
 * here: each is then parsed alone, so that memory holds one of them, and a broken one costs no other.
 */
export async function* jsonItems(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<JsonItem> {
  const item = new Pieces(LARGEST_ITEM)
  let number = 0
  /** 1 in an array, 0 in values one after another, undefined before the first byte that is no blank. */
  let base: 0 | 1 | undefined
  let depth = 0
  let inString = false
  let skip = false
  let closed = false
  const finish = function* (): Generator<JsonItem> {
    const taken = item.take()
    if (taken !== undefined) yield {number: ++number, ...taken}
  }
  for await (const chunk of bytes) {
    let start = 0
    let at = 0
    if (skip) {
      skip = false
      at = 1
    }
    while (at < chunk.length) {
      if (inString) {
        const quote = indexOf(chunk, QUOTE, at)
        const backslash = chunk.subarray(at, quote).indexOf(BACKSLASH)
        if (backslash !== -1) {
          at += backslash + 2
          // What is escaped stands in the next chunk.
          skip = at > chunk.length
        } else {
          inString = quote === chunk.length
          at = quote + 1
        }
        continue
      }
      const byte = chunk[at] ?? 0
      if (base === undefined && !isBlank(byte)) {
        base = byte === OPEN_ARRAY ? 1 : 0
        start = base === 1 ? at + 1 : at
      }
      if (byte === QUOTE) inString = true
      else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) depth++
      else if (byte === COMMA && base === 1 && depth === 1) {
        item.add(chunk.subarray(start, at))
        start = at + 1
        yield* finish()
      } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
        depth--
        if (depth < 1) {
          closed = base === 1
          item.add(chunk.subarray(start, closed ? at : at + 1))
          start = at + 1
          depth = 0
          yield* finish()
        }
      }
      at++
    }
    if (base !== undefined) item.add(chunk.subarray(start))
  }
  if (base === 1 && !closed) {
    yield {number: number + 1, reason: 'the text ends too early'}
    return
  }
  yield* finish()
}

/** The lines of JSON lines, each parsed alone. Blank ones are passed over and counted. */
export async function* jsonLines(bytes: AsyncIterable<Uint8Array>, largest: number): AsyncGenerator<JsonItem> {
  const line = new Pieces(largest)
  let number = 0
  for await (const chunk of bytes) {
    let start = 0
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, start)) {
      line.add(chunk.subarray(start, end))
      start = end + 1
      number++
      const taken = line.take()
      if (taken !== undefined) yield {number, ...taken}
    }
    line.add(chunk.subarray(start))
  }
  const taken = line.take()
  if (taken !== undefined) yield {number: number + 1, ...taken}
}

/** The bytes of one item, as they come; what is too large is counted and not kept. */
class Pieces {
  private readonly largest: number
  private pieces: Uint8Array[] = []
  private size = 0

  constructor(largest: number) {
    this.largest = largest
  }

  add(piece: Uint8Array): void {
    if (piece.length === 0) return
    this.size += piece.length
    if (this.size > this.largest) this.pieces = []
    else this.pieces.push(piece)
  }

  /** The item, after which another begins; undefined where it is blank. */
  take(): {value: unknown} | {reason: string} | undefined {
    const {pieces, size} = this
    this.pieces = []
    this.size = 0
    if (size > this.largest) return {reason: `it has ${size} bytes, ${this.largest} at most are read`}
    let text: string
    try {
      text = DECODER.decode(pieces.length === 1 ? pieces[0] : Buffer.concat(pieces))
    } catch {
      return {reason: 'it is not UTF-8 text'}
    }
    if (text.trim() === '') return undefined
    try {
      return {value: parseShallow(text)}
    } catch (error) {
      return {reason: `it is not JSON: ${(error as Error).message}`}
    }
  }
}

/** Leaves out a byte order mark. */
const DECODER = new TextDecoder('utf-8', {fatal: true})

/** Blanks of JSON, and the bytes of a byte order mark. */
const isBlank = (byte: number): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09 || byte === 0xef || byte === 0xbb || byte === 0xbf

function indexOf(chunk: Uint8Array, byte: number, from: number): number {
  const at = chunk.indexOf(byte, from)
  return at === -1 ? chunk.length : at
}
