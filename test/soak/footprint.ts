import {readdirSync, readFileSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'

/** What a process held at one moment. */
export interface Footprint {
  residentMb: number
  /** Open files and sockets. */
  open: number
}

/** Looks at a process twice a second until `until` is done. */
export async function watch(pid: number, until: Promise<unknown>): Promise<Footprint[]> {
  const seen: Footprint[] = []
  const stop = new AbortController()
  until.finally(() => stop.abort()).catch(() => {}) // whoever asked for it is told
  while (!stop.signal.aborted) {
    const [, kb] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    seen.push({residentMb: Number(kb) / 1024, open: readdirSync(`/proc/${pid}/fd`).length})
    await sleep(500, undefined, {signal: stop.signal}).catch(() => {})
  }
  return seen
}

/** The medians of the second fifth, when everything is loaded and warm, and of the last. */
export function ends(seen: readonly number[]): {early: number; late: number} {
  const fifth = Math.ceil(seen.length / 5)
  return {early: median(seen.slice(fifth, 2 * fifth)), late: median(seen.slice(-fifth))}
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN
