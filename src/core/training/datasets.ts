import {existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {basename, dirname, join, resolve} from 'node:path'
import {conflict, errno, notFound} from '../errors.ts'
import {ensureFolder, namesIn, readIfThere, syncFolder} from '../files.ts'
import {isObject, parseObject} from '../json.ts'
import {notWritable, place} from '../memory/exporters/targets.ts'
import {requireReadable} from '../memory/named-paths.ts'
import {PROFILE_LAYOUT, paths} from '../paths.ts'

/** A data set in a folder: train.jsonl, validation.jsonl and report.json. */
export interface Dataset {
  /** Absolute. */
  path: string
  /** ISO 8601, UTC. */
  createdAt: string
  /** How many examples are in it, and of what form; null where no report says. */
  format: string | null
  mode: string | null
  train: number | null
  validation: number | null
}

export const TRAIN_FILE = 'train.jsonl'
const REPORT_FILE = 'report.json'

/**
 * Writes a data set, whole or not at all: the folder takes its name when everything in it is on the disk. 0700, its files 0600.
 * @param named the folder, new or empty; below out/datasets of the current person where it is missing
 * @param files their texts by their names
 * @returns the absolute path of the folder
 * @throws MhError OUTPUT_EXISTS (exit 5) where something is in it, OUTPUT_NOT_WRITABLE (exit 2), PATH_NOT_ALLOWED (exit 4)
 */
export function writeDataset(named: string | undefined, now: Date, files: Record<string, string>): string {
  const target = named === undefined ? newFolder(now) : emptyFolder(named)
  const written = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`)
  try {
    mkdirSync(written, 0o700)
    for (const [name, text] of Object.entries(files))
      writeFileSync(join(written, name), text, {flag: 'wx', mode: 0o600, flush: true})
    syncFolder(written)
    renameSync(written, target)
    syncFolder(dirname(target))
  } catch (error) {
    rmSync(written, {recursive: true, force: true})
    if (errno(error) === 'ENOTEMPTY' || errno(error) === 'EEXIST') throw notEmpty(target)
    throw errno(error) === undefined ? error : notWritable(target, `it cannot be written (${errno(error)})`)
  }
  return target
}

/** The file of a report beside the examples: what `listDatasets` reads again. */
export const reportFile = (report: Record<string, unknown>): Record<string, string> => ({
  [REPORT_FILE]: `${JSON.stringify(report, null, 2)}\n`
})

/** The current person's data sets below out/datasets, newest first. */
export function listDatasets(): Dataset[] {
  return namesIn(paths.datasets)
    .map((name) => join(paths.datasets, name))
    .filter((path) => existsSync(join(path, TRAIN_FILE)))
    .map(describe)
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
}

/**
 * The data set to train by: the one in that folder, else the newest.
 * @throws MhError NO_DATASET (exit 3), PATH_NOT_ALLOWED (exit 4)
 */
export function datasetToUse(named: string | undefined): Dataset {
  if (named === undefined) {
    const newest = listDatasets()[0]
    if (newest === undefined) throw notFound('NO_DATASET', 'There is no data set yet', 'mh training export makes one')
    return newest
  }
  const path = resolve(named)
  requireReadable(named, path)
  if (!existsSync(join(path, TRAIN_FILE)))
    throw notFound('NO_DATASET', `There is no ${TRAIN_FILE} in ${named}`, 'mh training export -o <folder> makes one')
  return describe(path)
}

function describe(path: string): Dataset {
  const file = join(path, REPORT_FILE)
  const text = readIfThere(file)
  const report = text === undefined ? {} : parseObject(text, file)
  const {createdAt, format, mode, train, validation} = isObject(report) ? report : {}
  return {
    path,
    createdAt: typeof createdAt === 'string' ? createdAt : statSync(join(path, TRAIN_FILE)).mtime.toISOString(),
    format: typeof format === 'string' ? format : null,
    mode: typeof mode === 'string' ? mode : null,
    train: typeof train === 'number' ? train : null,
    validation: typeof validation === 'number' ? validation : null
  }
}

/** A folder of that moment's name: two of one second are told apart by a number. */
function newFolder(now: Date): string {
  const {path} = ensureFolder(paths.root, PROFILE_LAYOUT.datasets)
  const name = now.toISOString().slice(0, 19).replaceAll(':', '-')
  for (let number = 1; ; number++) {
    const target = join(path, number === 1 ? name : `${name}-${number}`)
    if (!existsSync(target)) return target
  }
}

function emptyFolder(named: string): string {
  const {path, kind} = place(named)
  if (kind === 'file' || kind === 'other') throw notWritable(named, 'it is no folder', 'Name a folder')
  if (kind === 'folder' && namesIn(path).length > 0) throw notEmpty(named)
  return path
}

const notEmpty = (path: string): Error =>
  conflict('OUTPUT_EXISTS', `The folder ${path} is not empty`, 'Name one that is not there yet')
