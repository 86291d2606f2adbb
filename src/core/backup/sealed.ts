import {createHash} from 'node:crypto'
import {createReadStream, createWriteStream, statSync} from 'node:fs'
import {Readable, type Writable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import type {ReadableStream} from 'node:stream/web'
import {pack} from 'tar-stream'
import {MhError, usageError} from '../errors.ts'
import {filled, readEntries} from './archive.ts'
import {MANIFEST, type SealedManifest} from './manifest.ts'

/** Name of the encrypted archive in a sealed backup. `age -d` opens it. */
const SEALED = 'backup.tar.gz.age'

/**
 * Encrypts an archive with a passphrase: a tar of a manifest that tells whose it is, and of the archive as age
 * (https://age-encryption.org/v1) encrypts it.
 * @param path is made, 0600, and must not be there
 */
export async function seal(
  archive: string,
  path: string,
  manifest: SealedManifest,
  passphrase: string,
  signal?: AbortSignal
): Promise<void> {
  const {Encrypter} = await import('age-encryption')
  const encrypter = new Encrypter()
  encrypter.setPassphrase(passphrase)
  const encrypted = await encrypter.encrypt(webStream(createReadStream(archive)))
  const tar = pack()
  const target = createWriteStream(path, {flags: 'wx', mode: 0o600, flush: true})
  const written = pipeline(tar, target, signal === undefined ? {} : {signal})
  const mtime = new Date(manifest.createdAt)
  const fill = async (): Promise<void> => {
    tar.entry({name: MANIFEST, mode: 0o600, mtime}, `${JSON.stringify(manifest, null, 2)}\n`)
    const size = encrypted.size(statSync(archive).size)
    const entry = tar.entry({name: SEALED, mode: 0o600, mtime, size}) as unknown as Writable
    await pipeline(Readable.fromWeb(encrypted as ReadableStream<Uint8Array>), entry)
    tar.finalize()
  }
  await filled(tar, written, fill, signal)
}

/**
 * The archive in a sealed backup, as a stream.
 * @throws MhError WRONG_PASSPHRASE (exit 2), BACKUP_DAMAGED (exit 1)
 */
export async function unseal(path: string, passphrase: string): Promise<Readable> {
  const {start, size} = await findSealed(path)
  const {Decrypter} = await import('age-encryption')
  const decrypter = new Decrypter()
  decrypter.addPassphrase(passphrase)
  const encrypted = createReadStream(path, {start, end: start + size - 1})
  try {
    return Readable.fromWeb((await decrypter.decrypt(webStream(encrypted))) as ReadableStream<Uint8Array>)
  } catch (error) {
    encrypted.destroy()
    const {message} = error as Error
    if (/no identity matched/.test(message))
      throw usageError(
        'WRONG_PASSPHRASE',
        `The passphrase does not open ${path}`,
        'Nothing was changed. Try another one'
      )
    throw damaged(path, message)
  }
}

/** Hash of what a sealed backup holds, to compare it with what was put into it. */
export async function hashSealed(path: string, passphrase: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of await unseal(path, passphrase)) hash.update(chunk)
  return hash.digest('hex')
}

export const damaged = (path: string, reason: string): MhError =>
  new MhError('BACKUP_DAMAGED', `${path} cannot be used: ${reason}`, {
    hint: 'Nothing was changed. mh backup list shows what else there is'
  })

async function findSealed(path: string): Promise<{start: number; size: number}> {
  let place: {start: number; size: number} | undefined
  try {
    await readEntries(
      createReadStream(path),
      async ({name, offset, size, type}) => {
        if (name === SEALED && type === 'file') place = {start: offset, size}
        return place === undefined
      },
      {compressed: false}
    )
  } catch (error) {
    throw damaged(path, (error as Error).message)
  }
  if (place === undefined || place.size === 0) throw damaged(path, 'it holds no encrypted archive')
  return place
}

const webStream = (stream: Readable): globalThis.ReadableStream<Uint8Array> =>
  Readable.toWeb(stream) as unknown as globalThis.ReadableStream<Uint8Array>
