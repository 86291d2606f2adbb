import {createWriteStream} from 'node:fs'
import {finished} from 'node:stream/promises'
import {backend, needsFiles} from '../backend.ts'
import {errno, MhError, notFound} from '../errors.ts'
import {namesIn} from '../files.ts'
import {paths} from '../paths.ts'
import {readSettings} from '../settings.ts'
import {requirePermission} from '../users/permissions.ts'
import {beginRun, endRun, foldersOf, type TrainingRun} from './adapters.ts'
import {datasetToUse} from './datasets.ts'
import {commandOf, readTrainingSettings} from './settings.ts'

export interface TrainingRunOptions {
  /** Folder of the data set; the newest below out/datasets where it is missing. */
  dataset?: string
  /** Told what is started, before it is. */
  onStart?: (started: {name: string; command: readonly string[]; dataset: string}) => void
  /** Is given what the trainer prints, as it comes. */
  onLog?: (text: string) => void
  /** Ends the trainer: SIGTERM, and SIGKILL five seconds later. */
  signal?: AbortSignal
}

/**
 * Starts the current person's trainer, without a shell, in their profile's folder, and waits for its end. What it prints goes to
 * train.log beside its output. Its environment has MH_DATASET and MH_OUTPUT besides everything that is in ours.
 * @throws MhError NO_TRAINER, NO_DATASET (exit 3), TRAINING_RUNS (exit 5), TRAINER_NOT_STARTED, TRAINER_FAILED, TRAINER_WROTE_NOTHING
 *   (exit 1), and the signal's reason
 */
export async function runTraining(options: TrainingRunOptions = {}): Promise<TrainingRun> {
  requirePermission('training')
  if (backend() !== undefined) throw needsFiles('A training')
  const settings = readTrainingSettings()
  const dataset = datasetToUse(options.dataset).path
  // Refuses what could not be started, before anything is noted.
  commandOf(settings, {dataset, output: ''})
  const run = await beginRun({dataset, baseModel: settings.baseModel || null}, readSettings().timezone)
  const {output, log} = foldersOf(run.name)
  const command = commandOf(settings, {dataset, output})
  options.onStart?.({name: run.name, command, dataset})
  const ended = await train(command, {dataset, output, log}, options)
  const wrote = namesIn(output).length > 0
  const status = ended.stopped ? 'stopped' : ended.exitCode === 0 && wrote ? 'done' : 'failed'
  const noted = await endRun(run, status, ended.exitCode)
  if (status === 'stopped') throw options.signal?.reason
  if (status === 'failed') throw failure(command[0], ended, log)
  return noted
}

interface Ended {
  /** Null where it was not started, or a signal ended it. */
  exitCode: number | null
  /** Whether that was on our word. */
  stopped: boolean
  /** Why it could not be started. */
  unstarted?: string
  signal?: string
}

async function train(
  [program, ...args]: readonly [string, ...string[]],
  {dataset, output, log}: {dataset: string; output: string; log: string},
  {onLog, signal}: TrainingRunOptions
): Promise<Ended> {
  const {execa} = await import('execa')
  const file = createWriteStream(log, {mode: 0o600, flags: 'wx'})
  const child = execa(program, args, {
    cwd: paths.root,
    env: {MH_DATASET: dataset, MH_OUTPUT: output},
    stdin: 'ignore',
    all: true,
    buffer: false,
    encoding: 'utf8',
    reject: false,
    forceKillAfterDelay: 5000,
    ...(signal === undefined ? {} : {cancelSignal: signal})
  })
  child.all.on('data', (chunk: Buffer | string) => {
    file.write(chunk)
    onLog?.(String(chunk))
  })
  const {exitCode, isCanceled, signal: by, cause} = await child
  file.end()
  await finished(file)
  const reason = errno(cause)
  return {
    exitCode: exitCode ?? null,
    stopped: isCanceled,
    ...(exitCode === undefined && by === undefined && !isCanceled ? {unstarted: reason ?? 'it did not start'} : {}),
    ...(by === undefined ? {} : {signal: by})
  }
}

function failure(program: string, {exitCode, unstarted, signal}: Ended, log: string): MhError {
  if (unstarted === 'ENOENT')
    return notFound('TRAINER_NOT_STARTED', `There is no program ${program}`, 'Mend "command" in etc/training.json')
  if (unstarted !== undefined)
    return new MhError('TRAINER_NOT_STARTED', `${program} could not be started: ${unstarted}`, {
      hint: 'Mend "command" in etc/training.json'
    })
  if (exitCode === 0)
    return new MhError('TRAINER_WROTE_NOTHING', `${program} ended well and wrote nothing into its output folder`, {
      hint: `Its command in etc/training.json has to use {output}, or $MH_OUTPUT. Its log: ${log}`
    })
  return new MhError('TRAINER_FAILED', `${program} ended with ${signal ?? `exit code ${exitCode}`}`, {
    hint: `Its log: ${log}`
  })
}
