import {spawn} from 'node:child_process'
import {closeSync, openSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {MhError} from '../../core/errors.ts'
import {ensureSystemFolder} from '../../core/files.ts'
import {systemPaths} from '../../core/system-paths.ts'
import {requirePermission} from '../../core/users/permissions.ts'
import {alreadyRunning, runningScheduler} from './service.ts'

/** In milliseconds. */
const PATIENCE = 20_000

/**
 * Starts the scheduler as a process of its own, which goes on when this one and its terminal are gone.
 * @param program with its arguments, what runs the scheduler in the foreground
 * @returns the id of that process, once it schedules
 * @throws MhError NOT_ALLOWED_FOR_ROLE (exit 4), SCHEDULER_RUNNING (exit 5), SCHEDULER_FAILED
 */
export async function startDetached(program: readonly string[]): Promise<number> {
  requirePermission('agent.service')
  if ((await runningScheduler()) !== undefined) throw await alreadyRunning()
  ensureSystemFolder(systemPaths.run)
  // What it says before it can write its log, for whoever started it.
  const path = join(systemPaths.run, 'scheduler.err')
  const errors = openSync(path, 'w', 0o600)
  const child = spawn(process.execPath, program, {
    detached: true,
    cwd: systemPaths.root,
    stdio: ['ignore', 'ignore', errors]
  })
  closeSync(errors)
  let ended = false
  child.on('exit', () => {
    ended = true
  })
  child.on('error', () => {
    ended = true
  })
  for (const end = Date.now() + PATIENCE; Date.now() < end && !ended; await sleep(50)) {
    const running = await runningScheduler()
    if (running !== undefined && running.pid === child.pid) {
      child.unref()
      return running.pid
    }
  }
  const said = readFileSync(path, 'utf8').trim()
  throw new MhError('SCHEDULER_FAILED', `The scheduler did not start${said === '' ? '' : `: ${said}`}`, {
    hint: 'mh agents start --foreground shows what happens'
  })
}
