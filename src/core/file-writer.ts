import {availableParallelism} from 'node:os'
import {type NewFile, useWriter, writeFiles} from './files.ts'
import {openThread, type Thread} from './thread.ts'

/** What the thread is asked: to write some files. */
export interface WritePage {
  files: readonly NewFile[]
  /** FREE, WRITING or STOPPED; shared by both threads. */
  gate: Int32Array
}

/** Nothing, or what an error of the file system says: its code would be lost on the way between threads. */
export type WriteAnswer = {code: string | undefined; message: string} | undefined

export const FREE = 0
export const WRITING = 1
export const STOPPED = 2

/** Starting a thread costs as much as writing so many files. */
const FEW = 1000
/** In characters. Longer texts cost more to hand over than writing them takes. */
const LONG = 4 * 1024 * 1024
/** Little of what it is given lives long. */
const MEMORY = {maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8}
/** In milliseconds: a thread that writes one page longer than that is not waited for any more. */
const PATIENCE = 2000

/** By how many. */
let using = 0
let written = 0
let thread: Thread<WritePage, WriteAnswer> | undefined
let back = (): void => {}

/**
 * Lets a thread beside this one write what is staged in large numbers, once there is much of it: opening a new file waits for the disk's
 * journal, and whoever adds memories has enough to do meanwhile. @returns a function that ends this
 */
export function writeFilesAside(): () => Promise<void> {
  using++
  if (using === 1) back = useWriter({write, stop})
  return async () => {
    using--
    if (using > 0) return
    back()
    const ending = thread
    thread = undefined
    written = 0
    await ending?.end()
  }
}

const gate = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))

async function write(files: readonly NewFile[]): Promise<void> {
  written += files.length
  if (written <= FEW || availableParallelism() === 1 || lengthOf(files) > LONG) return writeFiles(files)
  thread ??= openThread('core/file-writer-thread', MEMORY)
  const failure = await thread.ask({files, gate})
  if (failure !== undefined) throw Object.assign(new Error(failure.message), {code: failure.code})
}

function stop(): void {
  const until = Date.now() + PATIENCE
  while (Atomics.compareExchange(gate, 0, FREE, STOPPED) === WRITING && Date.now() < until)
    Atomics.wait(gate, 0, WRITING, PATIENCE)
}

const lengthOf = (files: readonly NewFile[]): number => files.reduce((sum, {data}) => sum + data.length, 0)
