import {dirname, join} from 'node:path'
import {backend} from './backend.ts'
import type {ProfileChange} from './change.ts'
import {requireUserContext} from './context.ts'
import {ensureFolder, namesIn, unwritable, writeDurably} from './files.ts'
import {type JsonObject, parseObject, parseShared} from './json.ts'
import {PROFILE_LAYOUT, type ProfilePath, paths} from './paths.ts'
import {readRemembered} from './remembered-text.ts'

/**
 * A document of the current person's profile (persona, models, settings), or undefined where there is none.
 * @throws MhError UNREADABLE_FILE with path and line where it is damaged: it is left as it is
 */
export function readDocument(name: ProfilePath): JsonObject | undefined {
  const text = readProfileText(PROFILE_LAYOUT[name])
  return text === undefined ? undefined : parseObject(text, () => documentPlace(PROFILE_LAYOUT[name]))
}

/** The same for whoever only looks: it cannot be changed, and costs next to nothing where it was looked at before. */
export function lookAtDocument(name: ProfilePath): Readonly<JsonObject> | undefined {
  const text = readProfileText(PROFILE_LAYOUT[name])
  return text === undefined ? undefined : parseShared(text, () => documentPlace(PROFILE_LAYOUT[name]))
}

/** The text of a document of the current person's, by its path below the profile: of persona/ (but its history) and etc/. */
export function readProfileText(relative: string): string | undefined {
  const store = backend()
  return store === undefined ? readRemembered(join(paths.root, relative)) : store.document(relative)
}

/** The text of any document of the current person's, of those too that are not loaded with their context. */
export async function fetchProfileText(relative: string): Promise<string | undefined> {
  const store = backend()
  return store === undefined ? readRemembered(join(paths.root, relative)) : store.read(relative)
}

/** Names of the documents that lie in a folder of the current person's profile. */
export async function listProfileNames(folder: string): Promise<string[]> {
  const store = backend()
  if (store === undefined) return namesIn(join(paths.root, folder))
  return (await store.list(folder)).map((path) => path.slice(folder.length + 1)).filter((name) => !name.includes('/'))
}

/** Where a document of the current person's is, for people. */
export function documentPlace(relative: string): string {
  const store = backend()
  if (store === undefined) return join(paths.root, relative)
  const {userId, username} = requireUserContext('Documents')
  // By the name of now, which may be another one than the context began with.
  return `${store.address}/${store.account(userId)?.username ?? username}/${relative}`
}

/**
 * Replaces (or makes) a document of the profile that `change` holds the lock of. Durable when it returns. Whoever changes a
 * document hands in all of what was read of it, so that keys of other tools stay.
 * @throws MhError PROFILE_GONE, NOT_WRITABLE
 */
export function writeDocument(
  change: Pick<ProfileChange, 'root' | 'lock'>,
  name: ProfilePath,
  value: JsonObject
): void {
  writeProfileFile(change, PROFILE_LAYOUT[name], `${JSON.stringify(value, null, 2)}\n`)
}

/** The same for a file that is named by its path below the profile's root. */
export function writeProfileFile(change: Pick<ProfileChange, 'root' | 'lock'>, relative: string, text: string): void {
  if (change.lock.writes !== undefined) {
    change.lock.writes.write(relative, text)
    return
  }
  const {root} = change
  const target = join(root, relative)
  const temporary = ensureFolder(root, PROFILE_LAYOUT.temporary).path
  ensureFolder(root, dirname(relative))
  try {
    writeDurably(target, text, temporary)
  } catch (error) {
    throw unwritable(target, error)
  }
}
