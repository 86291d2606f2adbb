import {sha256 as digest} from '@noble/hashes/sha2.js'
import {bytesToHex} from '@noble/hashes/utils.js'
import {loadedCrypto} from './node-crypto.ts'

/** SHA-256 as 64 hex digits. In plain JavaScript (0.4 ms here): loading node:crypto for one hash costs 5 ms at every start. */
export const sha256 = (data: string | Uint8Array): string =>
  loadedCrypto()?.hash('sha256', data) ?? bytesToHex(digest(typeof data === 'string' ? Buffer.from(data) : data))
