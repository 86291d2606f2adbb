import {fdatasync, fdatasyncSync, fsync, fsyncSync, rename, renameSync} from 'node:fs'

let aside = false

/**
 * Lets the thread pool wait for the disk, so that nobody else's request waits with it: for a process that answers many people. A command
 * does one thing, and is quicker without. @returns a function that ends this
 */
export function waitForDiskAside(): () => void {
  aside = true
  return () => {
    aside = false
  }
}

export const waitsAside = (): boolean => aside

/** Makes what was written to an open file, or the names in an open folder, durable. */
export async function synced(file: number): Promise<void> {
  if (aside) await syncedAside(file)
  else fsyncSync(file)
}

/** The same in the thread pool, whatever the process is. */
export const syncedAside = (file: number): Promise<void> => later(fsync, file)

/** The same for what a file holds, without its times. */
export async function dataSynced(file: number): Promise<void> {
  if (aside) await later(fdatasync, file)
  else fdatasyncSync(file)
}

/** Renames a file over one that may be there: the file system writes out what the new one holds, and waits while others sync. */
export async function replaced(from: string, to: string): Promise<void> {
  if (!aside) return renameSync(from, to)
  await new Promise<void>((resolve, reject) => {
    rename(from, to, (error) => (error === null ? resolve() : reject(error)))
  })
}

const later = (sync: typeof fsync, file: number): Promise<void> =>
  new Promise((resolve, reject) => {
    sync(file, (error) => (error === null ? resolve() : reject(error)))
  })
