import {closeSync, existsSync, fstatSync, openSync, rmSync, statfsSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {HEAD_FILE} from '../audit.ts'
import {ensureSystemFolder} from '../files.ts'
import {systemPaths} from '../system-paths.ts'
import type {Found} from './finding.ts'

const MEBIBYTE = 1024 * 1024
const LITTLE = 512 * MEBIBYTE
const NEARLY_NOTHING = 64 * MEBIBYTE
const TOLERANCE_MS = 5000

/** Types of file systems that lie on another machine, as statfs(2) numbers them; their locks and clocks are not this one's. */
const NETWORK: Record<number, string> = {
  26985: 'NFS',
  20859: 'SMB',
  4283649346: 'CIFS',
  4266872130: 'SMB',
  1397113167: 'AFS',
  12805120: 'Ceph',
  16914836: '9P'
}

/** The disk has room and is here, and the clock goes forward. */
export function* machineIsFit(): Generator<Found> {
  const {root} = systemPaths
  if (!existsSync(root)) return
  const {bavail, bsize, type} = statfsSync(root)
  const free = bavail * bsize
  if (free < LITTLE)
    yield {
      severity: free < NEARLY_NOTHING ? 'error' : 'warning',
      code: 'DISK_FULL',
      message: `${Math.floor(free / MEBIBYTE)} MiB are free on the disk of the data root`,
      path: root,
      hint: 'Make room: what cannot be written is not kept'
    }
  // Negative where the number is read as signed.
  const network = NETWORK[type >>> 0]
  if (network !== undefined)
    yield {
      severity: 'warning',
      code: 'NETWORK_FILE_SYSTEM',
      message: `The data root lies on a network file system (${network}), where locks are not reliable`,
      path: root,
      hint: 'Keep it on a disk of this machine, and copy it with mh backup'
    }
  yield* clockGoes()
}

function* clockGoes(): Generator<Found> {
  const head = statSync(join(systemPaths.audit, HEAD_FILE), {throwIfNoEntry: false})
  const ahead = (head?.mtimeMs ?? 0) - Date.now()
  if (ahead > TOLERANCE_MS)
    yield {
      severity: 'warning',
      code: 'CLOCK_WENT_BACK',
      message: `The clock is ${Math.round(ahead / 1000)} seconds behind the last audit entry`,
      path: join(systemPaths.audit, HEAD_FILE),
      hint: 'Set the clock of this machine'
    }
  ensureSystemFolder(systemPaths.temporary)
  const path = join(systemPaths.temporary, `clock.${process.pid}.0`)
  const file = openSync(path, 'w', 0o600)
  try {
    const apart = Math.abs(fstatSync(file).mtimeMs - Date.now())
    if (apart > TOLERANCE_MS)
      yield {
        severity: 'warning',
        code: 'CLOCKS_APART',
        message: `The clock of the disk is ${Math.round(apart / 1000)} seconds apart from that of this machine`,
        path: systemPaths.root,
        hint: 'Set both clocks; edits by other tools are noticed by their times'
      }
  } finally {
    closeSync(file)
    rmSync(path, {force: true})
  }
}
