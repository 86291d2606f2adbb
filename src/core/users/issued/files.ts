import {type Stats, statSync, unlinkSync} from 'node:fs'
import {join, sep} from 'node:path'
import {errno, MhError} from '../../errors.ts'
import {
  ensureSystemFolder,
  namesIn,
  readIfThere,
  syncFolder,
  unreadable,
  unwritable,
  writeDurably
} from '../../files.ts'
import {isObject, parseObject} from '../../json.ts'
import {notify} from '../../notices.ts'
import {isSameFile} from '../../same-file.ts'
import {systemPaths} from '../../system-paths.ts'
import type {IssuedKind, IssuedRecords, IssuedStore} from './store.ts'

/**
 * A file a secret, named by its hash: making one, looking one up and taking one away are each one step of the file system, so that
 * none of them needs a lock.
 */
export const issuedFiles: IssuedStore = {
  async add(kind, record) {
    const folder = folderOf(kind)
    ensureSystemFolder(folder)
    ensureSystemFolder(systemPaths.temporary)
    try {
      writeDurably(join(folder, nameOf(record.hash)), `${JSON.stringify(record)}\n`, systemPaths.temporary)
    } catch (error) {
      throw unwritable(folder, error)
    }
  },

  async find(kind, hash) {
    return read(kind, nameOf(hash))
  },

  async list<K extends IssuedKind>(kind: K, userId: string) {
    const records = namesIn(folderOf(kind))
      .filter((name) => NAME.test(name))
      .flatMap((name): IssuedRecords[K][] => {
        try {
          const record = read(kind, name)
          return record?.userId === userId ? [record] : []
        } catch (error) {
          // One that is damaged is good for nothing, and must not keep anybody from seeing the others.
          if (!(error instanceof MhError)) throw error
          notify(error)
          return []
        }
      })
    return records.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1))
  },

  async remove(kind, hash) {
    const folder = folderOf(kind)
    try {
      unlinkSync(join(folder, nameOf(hash)))
    } catch (error) {
      if (errno(error) === 'ENOENT') return false
      throw unwritable(folder, error)
    }
    // What was revoked stays so, also after a crash.
    syncFolder(folder)
    return true
  }
}

const NAME = /^[0-9a-f]{64}\.json$/
const MOST_REMEMBERED = 10_000

const remembered = new Map<string, {stat: Stats; record: IssuedRecords[IssuedKind]}>()

/** Read again only where the file is another than before: this is asked at every request. */
function read<K extends IssuedKind>(kind: K, name: string): IssuedRecords[K] | undefined {
  const path = `${folderOf(kind)}${sep}${name}`
  const stat = statSync(path, {throwIfNoEntry: false})
  if (stat === undefined) {
    remembered.delete(path)
    return undefined
  }
  const known = remembered.get(path)
  if (known !== undefined && isSameFile(known.stat, stat)) return known.record as IssuedRecords[K]
  const text = readIfThere(path)
  if (text === undefined) return undefined
  const record = check(kind, parseObject(text, path), path, name)
  if (remembered.size >= MOST_REMEMBERED) remembered.clear()
  remembered.set(path, {stat, record})
  return record
}

function check<K extends IssuedKind>(kind: K, record: unknown, path: string, name: string): IssuedRecords[K] {
  const sound =
    isObject(record) &&
    name === `${String(record.hash)}.json` &&
    typeof record.userId === 'string' &&
    typeof record.createdAt === 'string' &&
    (record.expiresAt === null || typeof record.expiresAt === 'string')
  if (!sound) throw unreadable(path, `it is no ${kind}`)
  return record as unknown as IssuedRecords[K]
}

const nameOf = (hash: string): string => `${hash}.json`

const folderOf = (kind: IssuedKind): string => `${systemPaths.run}${sep}issued${sep}${kind}s`
