import {execa} from 'execa'
import type {Random} from '../../src/agents/random.ts'
import type {Home} from '../support/home.ts'
import {BIN, environment} from '../support/mh.ts'
import {type Piece, pick} from './work.ts'

/** What befalls a command: a signal at a moment or at a step of its writes, or a step that fails. */
export type Harm = {kind: 'none'} | {kind: 'moment'; afterMs: number} | {kind: 'fault'; fault: string}

export interface Ended {
  exitCode: number | undefined
  killed: boolean
  stdout: string
  stderr: string
}

/** What a command took that nothing befell, in milliseconds, by its name. */
const durations = new Map<string, number>()

export function nextHarm(random: Random, {name}: Piece): Harm {
  const kind = random()
  if (kind < 0.45) return {kind: 'moment', afterMs: (0.3 + 0.8 * random()) * (durations.get(name) ?? 200)}
  if (kind < 0.85) {
    // Most commands come to a dozen points, batches to hundreds.
    const most = /batch|import|ingest/.test(name) ? 120 : 30
    return {kind: 'fault', fault: `any:${1 + Math.floor(most * random() ** 2)}`}
  }
  const step = pick(random, ['write', 'sync', 'rename', 'folder-synced', 'audit-line'])
  return {kind: 'fault', fault: `${step}:${1 + Math.floor(4 * random())}=${pick(random, ['EIO', 'ENOSPC'])}`}
}

/** Runs the built program, and does that to it. */
export async function run(home: Home, {name, args, input}: Piece, harm: Harm): Promise<Ended> {
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
  if (harm.kind === 'none' && exitCode === 0) durations.set(name, performance.now() - started)
  return {exitCode, killed: signal === 'SIGKILL', stdout: String(stdout), stderr: String(stderr)}
}

/** Whether every word of an error is meant for a person. */
export const isPlain = ({stdout, stderr}: Ended): boolean =>
  !/UNEXPECTED|mistake in mh|\n\s+at .*:\d+:\d+/.test(stdout + stderr)
