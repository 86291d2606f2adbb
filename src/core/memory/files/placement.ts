import {join} from 'node:path'
import {namesIn} from '../../files.ts'
import {PROFILE_LAYOUT} from '../../paths.ts'
import {sha256} from '../../sha256.ts'
import type {MemoryIndex} from '../index/index.ts'

/** A month with more files than this continues in a sibling, "11-2": listing a folder must stay quick. */
export const MOST_FILES = 4096

/** The folder of a month, "2026/11". @param timestamp ISO 8601, UTC */
export function monthFolder(timestamp: string): string {
  // Years beyond 9999 are written "+012026" by ISO 8601.
  const [year = '', month = ''] = /^([+-]?\d+)-(\d\d)/.exec(timestamp)?.slice(1) ?? []
  return `${year}/${month}`
}

/**
 * Chooses the folder of each new memory: YYYY/MM of its timestamp in UTC, or that month's first sibling with room.
 * One instance serves one write, and counts what it has given out.
 */
export class Placement {
  private readonly root: string
  private readonly index: MemoryIndex
  private readonly counts = new Map<string, number>()

  /** @param root the episodic folder, absolute */
  constructor(root: string, index: MemoryIndex) {
    this.root = root
    this.index = index
  }

  /** @param timestamp ISO 8601, UTC @returns the folder relative to the episodic root */
  folderFor(timestamp: string): string {
    const month = monthFolder(timestamp)
    for (let sibling = 1; ; sibling++) {
      const folder = sibling === 1 ? month : `${month}-${sibling}`
      const count = this.counts.get(folder) ?? this.count(folder)
      if (count < MOST_FILES) {
        this.counts.set(folder, count + 1)
        return folder
      }
    }
  }

  private count(folder: string): number {
    const known = this.index.folder(folder)
    if (known !== undefined && known.mtimeMs >= 0) return known.names
    return namesIn(join(this.root, folder)).length
  }
}

/** File systems take names of up to 255 bytes; what makes a name free (~2) has to fit too. */
const LONGEST_NAME = 200

/** The name of a memory's file. Characters that some file system refuses are written as %XX; what is too long ends in its hash. */
export function fileNameOf(id: string): string {
  const name = id.replace(
    /[^\w.-]|^\./g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
  )
  return name.length <= LONGEST_NAME
    ? `${name}.json`
    : `${name.slice(0, LONGEST_NAME / 2)}-${sha256(id).slice(0, 32)}.json`
}

/** The id of the memory that a file has its name from, also where the name got a number because it was taken. */
export const idOfFileName = (name: string): string =>
  name
    .replace(/(?:~\d+)?\.json$/, '')
    .replace(/%([\dA-F]{2})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))

/** Where the earlier versions of a memory are kept, relative to the profile: 000001.json, 000002.json, …, and undone/. */
export const historyFolder = (id: string): string =>
  `${PROFILE_LAYOUT.history}/${fileNameOf(id).replace(/\.json$/, '')}`
