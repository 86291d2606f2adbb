import {lstatSync, statSync} from 'node:fs'
import {join} from 'node:path'
import * as z from 'zod'
import {changeProfile, type ProfileChange} from '../change.ts'
import {checked} from '../checked.ts'
import {conflict, MhError} from '../errors.ts'
import {ensureFolder, namesIn, readIfThere, unwritable, writeDurably} from '../files.ts'
import {parseObject} from '../json.ts'
import {notify} from '../notices.ts'
import {PROFILE_LAYOUT, paths} from '../paths.ts'
import {isAlive} from '../processes.ts'
import {localTime} from '../time.ts'

/** What is known of one run of a trainer: run.json in its folder below out/adapters. */
const trainingRun = z.looseObject({
  /** Of the folder: the day it began on, in the person's zone. */
  name: z.string(),
  status: z.enum(['running', 'done', 'failed', 'stopped']),
  /** ISO 8601, UTC. */
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  /** Absolute path of the folder that it trained by. */
  dataset: z.string(),
  baseModel: z.string().nullable(),
  /** Of the trainer; null where it was not started, or a signal ended it. */
  exitCode: z.number().nullable(),
  /** Of the mh that started it, while it runs. */
  pid: z.number().nullable()
})

export type TrainingRun = z.infer<typeof trainingRun>

/** What a trainer made: a folder below out/adapters. */
export interface StoredAdapter {
  name: string
  /** ISO 8601, UTC. */
  createdAt: string
  baseModel: string | null
  /** Absolute path of the trainer's output. */
  path: string
}

/** Where a run writes. */
export interface RunFolders {
  /** For the trainer's output; empty at first. */
  output: string
  /** The trainer's log. */
  log: string
}

const RUN_FILE = 'run.json'
const OUTPUT = 'adapter'
const LOG = 'train.log'

/**
 * Notes the beginning of a run, and makes its folders: out/adapters/2026-05-03, or with a number where that day has one.
 * @param zone IANA name of the person's zone
 * @throws MhError TRAINING_RUNS (exit 5) where another run of the person has not ended
 */
export function beginRun(
  {dataset, baseModel}: {dataset: string; baseModel: string | null},
  zone: string
): Promise<TrainingRun> {
  return changeProfile((change) => {
    const running = listRuns().find(({status}) => status === 'running')
    if (running !== undefined)
      throw conflict(
        'TRAINING_RUNS',
        `The training ${running.name} has not ended yet: process ${running.pid} runs it`,
        'mh training status tells of it'
      )
    const now = Date.now()
    const day = localTime(now, zone).slice(0, 10)
    const taken = new Set(namesIn(paths.adapters))
    let name = day
    for (let number = 2; taken.has(name); number++) name = `${day}-${number}`
    ensureFolder(change.root, `${PROFILE_LAYOUT.adapters}/${name}/${OUTPUT}`)
    const run: TrainingRun = {
      name,
      status: 'running',
      startedAt: new Date(now).toISOString(),
      endedAt: null,
      dataset,
      baseModel,
      exitCode: null,
      pid: process.pid
    }
    writeRun(change, run)
    change.audit({category: 'action', event: 'training_started', details: {name, baseModel}})
    return run
  })
}

/** Notes how a run ended. @param begun as `beginRun` gave it */
export function endRun(
  begun: TrainingRun,
  status: 'done' | 'failed' | 'stopped',
  exitCode: number | null
): Promise<TrainingRun> {
  const {name} = begun
  return changeProfile((change) => {
    const run: TrainingRun = {
      ...(readRun(name) ?? begun),
      status,
      exitCode,
      pid: null,
      endedAt: new Date().toISOString()
    }
    writeRun(change, run)
    change.audit({category: 'action', event: 'training_ended', details: {name, status, exitCode}})
    return run
  })
}

/** The current person's runs, newest first. One whose mh is gone without having noted its end counts as stopped. */
export function listRuns(): TrainingRun[] {
  return folders()
    .flatMap((name) => readable(() => readRun(name)) ?? [])
    .map((run) =>
      run.status === 'running' && (run.pid === null || !isAlive(run.pid)) ? {...run, status: 'stopped' as const} : run
    )
    .sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1))
}

/** What the current person's trainers made, newest first: of runs that ended well, and folders that came from elsewhere. */
export function listStored(): StoredAdapter[] {
  return folders()
    .flatMap((name) => readable(() => stored(name)) ?? [])
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
}

export const foldersOf = (name: string): RunFolders => {
  const folder = join(paths.adapters, name)
  return {output: join(folder, OUTPUT), log: join(folder, LOG)}
}

/** Folders only: a link could lead anywhere. */
const folders = (): string[] =>
  namesIn(paths.adapters).filter((name) => lstatSync(join(paths.adapters, name)).isDirectory())

/** What is read of one folder. One that cannot be read is told and stands in nobody's way. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof MhError) || error.code !== 'UNREADABLE_FILE') throw error
    notify({code: error.code, message: error.message})
    return undefined
  }
}

function stored(name: string): StoredAdapter | undefined {
  const folder = join(paths.adapters, name)
  const run = readRun(name)
  if (run !== undefined) {
    if (run.status !== 'done') return undefined
    return {name, createdAt: run.endedAt ?? run.startedAt, baseModel: run.baseModel, path: foldersOf(name).output}
  }
  if (namesIn(folder).length === 0) return undefined
  return {name, createdAt: statSync(folder).mtime.toISOString(), baseModel: baseModelIn(folder), path: folder}
}

/** What PEFT, which most trainers write adapters with, notes beside the weights. */
function baseModelIn(folder: string): string | null {
  const path = join(folder, 'adapter_config.json')
  const text = readIfThere(path)
  const name = text === undefined ? undefined : parseObject(text, path).base_model_name_or_path
  return typeof name === 'string' ? name : null
}

function readRun(name: string): TrainingRun | undefined {
  const path = join(paths.adapters, name, RUN_FILE)
  const text = readIfThere(path)
  return text === undefined ? undefined : checked(trainingRun, {...parseObject(text, path), name}, path)
}

/** A file beside what the trainer writes, wherever the person's other records are kept. */
function writeRun({root}: ProfileChange, run: TrainingRun): void {
  const path = join(root, PROFILE_LAYOUT.adapters, run.name, RUN_FILE)
  const {path: temporary} = ensureFolder(root, PROFILE_LAYOUT.temporary)
  try {
    writeDurably(path, `${JSON.stringify(run, null, 2)}\n`, temporary)
  } catch (error) {
    throw unwritable(path, error)
  }
}
