import {join} from 'node:path'
import {parentPort, workerData} from 'node:worker_threads'
import {ensureSystemFolder} from '../../src/core/files.ts'

/** Makes the same folders as others do at the same moment, round after round. */
const {root, rounds, makers, arrived} = workerData as {
  root: string
  rounds: number
  makers: number
  arrived: Int32Array
}
const errors: string[] = []
for (let round = 0; round < rounds; round++) {
  Atomics.add(arrived, 0, 1)
  while (Atomics.load(arrived, 0) < makers * (round + 1));
  try {
    ensureSystemFolder(join(root, `${round}`, 'a', 'b'))
  } catch (error) {
    errors.push((error as Error).message)
  }
}
parentPort?.postMessage(errors)
