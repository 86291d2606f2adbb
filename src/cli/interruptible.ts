import {MhError} from '../core/errors.ts'
import {takeSignal} from './signals.ts'

/**
 * Runs work that Ctrl-C ends in order: the signal is aborted, with the error that the command then ends with (exit 130). A second
 * Ctrl-C ends the process at once.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const giveBack = takeSignal('SIGINT', () => stop.abort(new MhError('INTERRUPTED', 'Interrupted', {exitCode: 130})))
  try {
    return await work(stop.signal)
  } finally {
    giveBack()
  }
}
