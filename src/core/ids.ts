import {closeSync, openSync, readSync} from 'node:fs'
import {loadedCrypto} from './node-crypto.ts'

/** Source of random bytes; a parameter where a test needs a fixed one. */
export type RandomBytes = (count: number) => Uint8Array

let lastMs = 0
let counter = 0

/**
 * `count` UUIDs of version 7 (RFC 9562), rising: 48 bits of milliseconds, 12 bits that count within one millisecond, 62 random
 * bits. Within a process every id is greater than those before it.
 */
export function uuids(count: number, now = Date.now(), random: RandomBytes = randomBytes): string[] {
  const bytes = random(count * 10)
  return Array.from({length: count}, (_, index) => {
    if (now > lastMs) {
      lastMs = now
      counter = (((bytes[index * 10 + 8] ?? 0) << 8) | (bytes[index * 10 + 9] ?? 0)) & 0x3ff
    } else if (++counter > 0xfff) {
      // More than 4,096 in a millisecond: the time runs ahead, as the RFC allows.
      lastMs++
      counter = 0
    }
    const time = lastMs.toString(16).padStart(12, '0')
    const tail = hex(bytes.subarray(index * 10, index * 10 + 8))
    const variant = ((Number.parseInt(tail.slice(0, 1), 16) & 0x3) | 0x8).toString(16)
    return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, '0')}-${variant}${tail.slice(1, 4)}-${tail.slice(4)}`
  })
}

/** One UUID of version 7 with a prefix: "evt-0192…". */
export const newId = (prefix: string): string => `${prefix}-${uuids(1)[0]}`

/** Bytes of the kernel's generator. node:crypto has the same, but loading it costs 3 to 5 ms at every start. */
export function randomBytes(count: number): Uint8Array {
  const crypto = loadedCrypto()
  if (crypto !== undefined) return crypto.randomBytes(count)
  const bytes = new Uint8Array(count)
  let file: number
  try {
    file = openSync('/dev/urandom', 'r')
  } catch {
    return process.getBuiltinModule('node:crypto').randomBytes(count)
  }
  try {
    for (let at = 0; at < count; ) at += readSync(file, bytes, at, count - at, null)
  } finally {
    closeSync(file)
  }
  return bytes
}

const hex = ({buffer, byteOffset, length}: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, length).toString('hex')
