import {mkdirSync} from 'node:fs'
import {open} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {setImmediate} from 'node:timers/promises'
import {reach} from '../faults.ts'
import {syncFolder, unwritable} from '../files.ts'

/** So many files are waited for at once: the disk is asked for a handful of fsyncs and not for one. */
const PARALLEL = 32

/**
 * Writes many files below a new folder: 0600 in folders of 0700, each with its time, all durable when `finish` returns. Nothing
 * that is there is followed or replaced.
 */
export class TreeWriter {
  readonly root: string
  private readonly folders = new Set<string>()
  private readonly running = new Set<Promise<void>>()
  private failure: {error: unknown} | undefined

  /** @param root is made; what is above it has to be there */
  constructor(root: string) {
    this.root = root
    this.ensure(root)
  }

  /** @param path with "/", known to stay below the root @param modified ISO 8601; now where it is missing */
  async add(path: string, content: Uint8Array | AsyncIterable<Uint8Array>, modified?: string): Promise<void> {
    const target = join(this.root, path)
    this.ensure(dirname(target))
    const written = this.write(target, content, modified)
    // A stream is read by nobody else meanwhile.
    if (!(content instanceof Uint8Array)) {
      await written
      return
    }
    const task: Promise<void> = written
      .catch((error: unknown) => {
        this.failure ??= {error}
      })
      .finally(() => this.running.delete(task))
    this.running.add(task)
    if (this.running.size >= PARALLEL) await Promise.race(this.running)
    this.check()
  }

  /** A folder that is there even where nothing lies in it. */
  folder(path: string): void {
    this.ensure(join(this.root, path))
  }

  /** @throws the first thing that went wrong */
  async finish(): Promise<void> {
    await this.settle()
    this.check()
    let count = 0
    for (const folder of [...this.folders].reverse()) {
      syncFolder(folder)
      if (++count % 64 === 0) await setImmediate()
    }
    syncFolder(dirname(this.root))
  }

  /** Waits until nothing is being written any more, whatever became of it. */
  async settle(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running)
  }

  private check(): void {
    if (this.failure !== undefined) throw this.failure.error
  }

  private async write(
    target: string,
    content: Uint8Array | AsyncIterable<Uint8Array>,
    modified: string | undefined
  ): Promise<void> {
    try {
      const file = await open(target, 'wx', 0o600)
      try {
        reach('write')
        await file.writeFile(content)
        if (modified !== undefined) await file.utimes(new Date(modified), new Date(modified))
        reach('sync')
        await file.sync()
      } finally {
        await file.close()
      }
    } catch (error) {
      throw unwritable(target, error)
    }
  }

  private ensure(folder: string): void {
    if (this.folders.has(folder)) return
    try {
      if (folder !== this.root) this.ensure(dirname(folder))
      mkdirSync(folder, 0o700)
    } catch (error) {
      throw unwritable(folder, error)
    }
    this.folders.add(folder)
  }
}
