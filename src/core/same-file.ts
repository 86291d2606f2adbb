import type {Stats} from 'node:fs'

/** A change within the same tick of the file system's clock as the one before could go unseen, so nothing is concluded from a younger file. */
export const COARSE_CLOCK_MS = 50

/** Whether a file is the one that it was, and was not written to. */
export const isSameFile = (a: Stats, b: Stats): boolean =>
  a === b || (a.ino === b.ino && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.size === b.size)
