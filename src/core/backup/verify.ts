import {createReadStream} from 'node:fs'
import type {Readable} from 'node:stream'
import {parseManifest} from './manifest.ts'
import {readChecked} from './read-checked.ts'

/**
 * Reads a whole archive and compares it with its manifest.
 * @returns what is wrong, one sentence each; nothing where it is whole
 */
export async function verifyArchive(archive: string | Readable): Promise<string[]> {
  const input = typeof archive === 'string' ? createReadStream(archive) : archive
  return (await readChecked(input, {parse: parseManifest})).broken
}
