import {discardStaged} from '../core/files.ts'

/** What a shell adds to a signal's number for the exit code of whoever it ended. */
const EXIT_CODES = {SIGINT: 130, SIGTERM: 143, SIGHUP: 129} as const
type Signal = keyof typeof EXIT_CODES

const taken = new Map<Signal, () => void>()

/**
 * Ends the process on Ctrl-C and on SIGTERM as the shell expects it, after taking away what was being written. Locks need nothing: the
 * kernel frees them.
 */
export function endOnSignals(): void {
  for (const signal of Object.keys(EXIT_CODES) as Signal[]) process.on(signal, () => onSignal(signal))
}

/**
 * Lets a command end its work in its own way at the next such signal; the one after that ends the process.
 * Listeners of its own on the process would not do: libraries listen as well, and nobody could tell whose the signal is.
 * @returns a function that gives the signal back
 */
export function takeSignal(signal: Signal, handler: () => void): () => void {
  taken.set(signal, handler)
  return () => {
    if (taken.get(signal) === handler) taken.delete(signal)
  }
}

function onSignal(signal: Signal): void {
  const handler = taken.get(signal)
  if (handler !== undefined) {
    taken.delete(signal)
    handler()
    return
  }
  discardStaged()
  process.exit(EXIT_CODES[signal])
}
