import {dirname, join} from 'node:path'
import type {ProfileChange} from './change.ts'
import {ensureFolder, readIfThere, unwritable, writeDurably} from './files.ts'
import {type JsonObject, parseObject} from './json.ts'
import {PROFILE_LAYOUT, type ProfilePath, paths} from './paths.ts'

/**
 * A document of the current person's profile (persona, models, settings), or undefined where there is none.
 * @throws MhError UNREADABLE_FILE with path and line where it is damaged: it is left as it is
 */
export function readDocument(name: ProfilePath): JsonObject | undefined {
  const path = paths[name]
  const text = readIfThere(path)
  return text === undefined ? undefined : parseObject(text, path)
}

/**
 * Replaces (or makes) a document of the profile that `change` holds the lock of. Durable when it returns. Whoever changes a
 * document hands in all of what was read of it, so that keys of other tools stay.
 * @throws MhError PROFILE_GONE, NOT_WRITABLE
 */
export function writeDocument({root}: Pick<ProfileChange, 'root'>, name: ProfilePath, value: JsonObject): void {
  writeProfileFile(root, PROFILE_LAYOUT[name], `${JSON.stringify(value, null, 2)}\n`)
}

/** The same for a file that is named by its path below the profile's root. */
export function writeProfileFile(root: string, relative: string, text: string): void {
  const target = join(root, relative)
  const temporary = ensureFolder(root, PROFILE_LAYOUT.temporary).path
  ensureFolder(root, dirname(relative))
  try {
    writeDurably(target, text, temporary)
  } catch (error) {
    throw unwritable(target, error)
  }
}
