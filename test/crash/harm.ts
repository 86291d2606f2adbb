import {rmSync, statfsSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {execa} from 'execa'
import type {Random} from '../../src/agents/random.ts'
import type {Home} from '../support/home.ts'
import {BIN, environment} from '../support/mh.ts'
import {type Piece, pick} from './work.ts'

/** What befalls a command: a signal at a moment or at a step of its writes, a step that fails, a disk with so much room. */
export type Harm =
  | {kind: 'none'}
  | {kind: 'moment'; afterMs: number}
  | {kind: 'fault'; fault: string}
  | {kind: 'full'; freeBytes: number}

export interface Ended {
  exitCode: number | undefined
  killed: boolean
  stdout: string
  stderr: string
}

/** What a command took that nothing befell, in milliseconds, by its name. */
const durations = new Map<string, number>()

/** Chooses what befalls the next piece of work. */
export type Harming = (random: Random, piece: Piece) => Harm

/** A signal that nobody can catch, at any moment or at any step. */
export const killing: Harming = (random, piece) =>
  random() < 0.5
    ? {kind: 'moment', afterMs: (0.3 + 0.8 * random()) * (durations.get(piece.name) ?? 200)}
    : {kind: 'fault', fault: `any:${1 + Math.floor(stepsOf(piece) * random() ** 2)}`}

/** A step that fails, and each of its kind after it: the disk, or its room. */
export const failing: Harming = (random) => {
  const step = pick(random, ['write', 'sync', 'rename', 'folder-synced', 'audit-line'])
  return {kind: 'fault', fault: `${step}:${1 + Math.floor(6 * random() ** 2)}=${pick(random, ['EIO', 'ENOSPC'])}`}
}

/** Little or no room on the disk. For a data root on a disk of its own. */
export const filling: Harming = (random, piece) => ({
  kind: 'full',
  freeBytes: Math.floor(stepsOf(piece) * random() ** 2) * PAGE
})

/** Most commands come to a dozen points, those that write many files to hundreds. */
const stepsOf = ({name}: Piece): number => (/batch|import|ingest|user|revive|backup/.test(name) ? 120 : 30)
const PAGE = 4096

/** Runs the built program, and does that to it. */
export async function run(home: Home, {name, args, input}: Piece, harm: Harm): Promise<Ended> {
  const filler = join(home.root, 'filler')
  if (harm.kind === 'full') fill(home.root, filler, harm.freeBytes)
  const started = performance.now()
  const running = execa(process.execPath, [BIN, ...args], {
    env: environment(home, harm.kind === 'fault' ? {MH_FAULT: harm.fault} : {}),
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    ...(input === undefined ? {stdin: 'ignore' as const} : {input})
  })
  const timer = harm.kind === 'moment' ? setTimeout(() => running.kill('SIGKILL'), harm.afterMs) : undefined
  const {exitCode, signal, stdout, stderr} = await running
  clearTimeout(timer)
  rmSync(filler, {force: true})
  if (harm.kind === 'none' && exitCode === 0) durations.set(name, performance.now() - started)
  return {exitCode, killed: signal === 'SIGKILL', stdout: String(stdout), stderr: String(stderr)}
}

/** Whether every word of an error is meant for a person. */
export const isPlain = ({stdout, stderr}: Ended): boolean =>
  !/UNEXPECTED|mistake in mh|\n\s+at .*:\d+:\d+/.test(stdout + stderr)

function fill(root: string, filler: string, freeBytes: number): void {
  const {bavail, bsize} = statfsSync(root)
  writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - freeBytes)))
}
