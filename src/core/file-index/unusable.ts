/** The index file is missing, of another version or damaged. Nothing is lost: the store removes it and builds it again from the files. */
export class IndexUnusable extends Error {
  readonly file: string

  constructor(file: string, reason: string, cause?: unknown) {
    super(`index ${file}: ${reason}`, cause === undefined ? undefined : {cause})
    this.name = 'IndexUnusable'
    this.file = file
  }
}

const SQLITE_CORRUPT = 11
const SQLITE_NOTADB = 26
/** The file was taken away under the connection (a cache that somebody empties), or cannot be opened. */
const SQLITE_IOERR = 10
const SQLITE_CANTOPEN = 14

/** Runs `fn`; what SQLite says of a damaged file comes out as IndexUnusable, everything else as it is. */
export function guarded<T>(file: string, fn: () => T): T {
  try {
    return fn()
  } catch (error) {
    throw told(file, error)
  }
}

/** The same for what goes on later. */
export async function guardedLater<T>(file: string, fn: () => Promise<T>): Promise<T> {
  try {
    return await fn()
  } catch (error) {
    throw told(file, error)
  }
}

const told = (file: string, error: unknown): unknown =>
  isDamage(error) ? new IndexUnusable(file, error.message, error) : error

/** Whether SQLite says of a file that it is damaged, gone or no database. */
export function isDamage(error: unknown): error is Error {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return false
  // The low byte is the code, the rest says more exactly what is wrong.
  const code = error.errcode & 0xff
  return [SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_IOERR, SQLITE_CANTOPEN].includes(code)
}
