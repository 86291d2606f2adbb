import {errno} from './errors.ts'

/** Whether a process of this machine is there. One that belongs to somebody else is. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errno(error) !== 'ESRCH'
  }
}
