type Crypto = typeof import('node:crypto')

let loaded: Crypto | undefined

/** Loads Node's own module of hashes and random bytes, which takes 5 ms: for a process that lives long, and hashes all the time. */
export function loadCrypto(): void {
  loaded = process.getBuiltinModule('node:crypto')
}

/** That module where `loadCrypto` was called; a command does with less. */
export const loadedCrypto = (): Crypto | undefined => loaded
