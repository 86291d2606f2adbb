import {writeSync} from 'node:fs'

/**
 * The points at which a write can be interrupted, in their order. Tests end the process there (or let the step fail), to show
 * what a crash leaves behind: `MH_FAULT=renamed` kills at the first "renamed", `MH_FAULT=renamed:3` at the third, and
 * `MH_FAULT=sync=EIO` makes the step fail with that errno. `any:7` is the seventh point that is come to, whatever it is.
 */
export type FaultPoint =
  | 'write'
  | 'sync'
  | 'staged'
  | 'locked'
  | 'rename'
  | 'renamed'
  | 'folder-synced'
  | 'audit-line'
  | 'audited'
  | 'indexed'
  | 'committed'
  | 'forgotten'
  | 'account-journal'
  | 'account-profile'
  | 'account-active'
  | 'account-users'
  | 'account-backup'
  | 'account-archived'
  | 'account-removed'
  | 'migrate-copied'
  | 'migrate-backup'
  | 'migrate-journal'
  | 'migrate-account'
  | 'migrate-replaced'
  | 'migrate-moved'
  | 'migrate-lines'
  | 'migrate-verified'
  | 'migrate-committed'
  | 'migrate-dropped'
  | 'migrate-cleared'
  | 'migrate-returned'
  | 'migrate-moved-back'
  | 'migrate-journal-removed'
  | 'rollback-restored'
  | 'rollback-removed'
  | 'restore-out'
  | 'restore-in'

let remaining: number | undefined

/** Called by every durable write at each of its steps. Does nothing unless MH_FAULT names the step. */
export function reach(point: FaultPoint): void {
  const wanted = process.env.MH_FAULT
  if (wanted === undefined) return
  const [place = '', failure] = wanted.split('=')
  const [name, nth = '1'] = place.split(':')
  if (name !== point && name !== 'any') return
  remaining ??= Number(nth)
  if (--remaining > 0) return
  if (failure === undefined) {
    writeSync(2, `fault: killed at ${point}\n`)
    process.kill(process.pid, 'SIGKILL')
    // The signal is delivered before the next line on Linux; elsewhere this loop keeps the process from going on.
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)
  }
  throw Object.assign(new Error(`${failure}: injected at ${point}`), {code: failure})
}
