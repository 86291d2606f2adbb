import {lstatSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {ensureFolder, folderSynced, noFolder, syncFolder} from '../files.ts'
import type {FolderMark} from './sync-folders.ts'

/** The index, as far as it is asked here. */
interface Marks {
  folder(path: string): FolderMark | undefined
}

/**
 * What the index may go on to know of the folders that a write changes. A folder that was known before the write, by its mtime,
 * is known after it; one that this write made is known too. Others stay unknown, and are read at the next look.
 */
export class FolderKnowledge {
  private readonly root: string
  private readonly index: Marks
  /** Names that each folder holds after the write, where that is known: of those that it changes, and of those not known before. */
  private readonly names = new Map<string, number | undefined>()
  /** Names in folders that are known and on the way to one that is changed. */
  private readonly passed = new Map<string, number>()

  constructor(root: string, index: Marks) {
    this.root = root
    this.index = index
  }

  /** Called before a name is added to `folder`, which is made where it is not there. */
  adding(folder: string): void {
    const parts = folder === '' ? [] : folder.split('/')
    for (let depth = 0; depth < parts.length; depth++) this.enter(parts.slice(0, depth).join('/'), parts[depth] ?? '')
    this.change(folder, 1)
  }

  /** Called before a file of `folder` gets other text under its name. */
  replacing(folder: string): void {
    this.change(folder, 0)
  }

  /** Called before a name of `folder` is taken away. */
  removing(folder: string): void {
    this.change(folder, -1)
  }

  sync(): void {
    for (const folder of this.names.keys()) syncFolder(join(this.root, folder))
  }

  /** The same where others' work may go on meanwhile. */
  async synced(): Promise<void> {
    await Promise.all([...this.names.keys()].map((folder) => folderSynced(join(this.root, folder))))
  }

  /**
   * Marks that are as young as the change itself: the next look compares the number of names, and so finds a file that somebody else
   * put there while the write went on.
   */
  marks(): FolderMark[] {
    return [...this.names].flatMap(([path, names]) => {
      if (names === undefined) return []
      const {mtimeMs} = statSync(join(this.root, path))
      return [{path, names, mtimeMs, notedMs: mtimeMs}]
    })
  }

  private change(folder: string, by: number): void {
    if (!this.names.has(folder)) this.names.set(folder, this.passed.get(folder) ?? this.known(folder))
    const count = this.names.get(folder)
    this.names.set(folder, count === undefined ? undefined : count + by)
  }

  /** Looks at `parent`/`name` before it is changed, making it if need be. */
  private enter(parent: string, name: string): void {
    const path = parent === '' ? name : `${parent}/${name}`
    if (this.names.has(path) || this.passed.has(path)) return
    const there = lstatSync(join(this.root, path), {throwIfNoEntry: false})
    if (there !== undefined && !there.isDirectory()) throw noFolder(join(this.root, path))
    if (there === undefined) {
      this.change(parent, 1)
      ensureFolder(join(this.root, parent), name)
      this.names.set(path, 0)
      return
    }
    const names = this.known(path)
    if (names === undefined) this.names.set(path, names)
    else this.passed.set(path, names)
  }

  private known(path: string): number | undefined {
    const mark = this.index.folder(path)
    return mark !== undefined && mark.mtimeMs === statSync(join(this.root, path)).mtimeMs ? mark.names : undefined
  }
}
