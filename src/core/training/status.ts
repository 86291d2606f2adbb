import {backend, needsFiles} from '../backend.ts'
import {requirePermission} from '../users/permissions.ts'
import {foldersOf, listRuns, type TrainingRun} from './adapters.ts'
import {type Dataset, listDatasets} from './datasets.ts'

export interface TrainingStatus {
  /** Whether a trainer works now. */
  running: boolean
  /** The newest run, with the places of what it writes; null where there was none. */
  run: (TrainingRun & {output: string; log: string}) | null
  /** The newest data set; null where there is none. */
  dataset: Dataset | null
}

/** How far the current person's training is. */
export async function trainingStatus(): Promise<TrainingStatus> {
  requirePermission('read')
  if (backend() !== undefined) throw needsFiles('A training')
  const run = listRuns()[0]
  return {
    running: run?.status === 'running',
    run: run === undefined ? null : {...run, ...foldersOf(run.name)},
    dataset: listDatasets()[0] ?? null
  }
}
