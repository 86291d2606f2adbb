import {join} from 'node:path'
import {chainHash, GENESIS, HEAD_FILE, type Head, parseHead} from '../audit.ts'
import {requireUserContext} from '../context.ts'
import {DAY_MS} from '../time.ts'
import {isAdministrator} from '../users/permissions.ts'
import {type Trail, type TrailDay, type TrailSnapshot, trailStore} from './trail-store.ts'
import {noteAccess, trailsOf} from './trails.ts'

/** What was found at a place of a trail. Lines count from 1; 0 is the file as a whole. */
export interface BrokenEntry {
  /** Absolute path. */
  file: string
  line: number
  reason: string
}

export interface Verification {
  ok: boolean
  /** Days. */
  files: number
  entries: number
  /** Lines from before the first chained one: of a system that had no chain. Nothing vouches for them. */
  unchained: number
  /** Last lines that a crash cut. Their entries were never acknowledged; that is no tampering. */
  torn: number
  broken: BrokenEntry[]
}

/**
 * Checks the chain of the own trail, and for administrators the system's; or of all, archived ones included.
 * @throws MhError NOT_ADMINISTRATOR (exit 4)
 */
export async function verifyAudit(everybody = false): Promise<Verification> {
  const trails = await trailsOf(everybody ? {kind: 'everybody'} : {kind: 'own'})
  if (!everybody && isAdministrator(requireUserContext())) trails.push(trailStore().system())
  const parts: Verification[] = []
  for (const trail of trails) parts.push(await verifyTrail(trail))
  // Written afterwards: an entry would repair what a crash left, and so hide it.
  await noteAccess(trails, 'audit_verified')
  return sum(parts)
}

/** Checks one trail, as it is at one moment. */
export const verifyTrail = async (trail: Trail): Promise<Verification> =>
  check(trail.place, await trailStore().snapshot(trail))

function check(place: string, {head: headText, days, torn}: TrailSnapshot): Verification {
  const result: Verification = {ok: true, files: days.length, entries: 0, unchained: 0, torn, broken: []}
  const tell = (name: string, line: number, reason: string): void => {
    result.broken.push({file: join(place, name), line, reason})
  }
  const head = headText === undefined ? undefined : parseHead(headText)
  let expected: string | undefined = GENESIS
  let last = GENESIS
  let chained = false
  let before: string | undefined
  let atHead: boolean | undefined = head === undefined ? undefined : false
  for (const {name, bytes} of days) {
    const newest = name === days.at(-1)?.name
    let number = 0
    let from = 0
    const agrees = (): void => {
      if (head?.file === name && head.bytes === from) atHead = head.entries === number && head.hash === last
    }
    agrees()
    for (let end = bytes.indexOf(0x0a, from); end >= 0; end = bytes.indexOf(0x0a, from)) {
      number++
      const line = readLine(bytes.subarray(from, end))
      from = end + 1
      if (line === undefined) {
        if (chained) tell(name, number, 'it is no line of the chain: it was edited or put in')
        else result.unchained++
      } else {
        result.entries++
        if (!line.whole) tell(name, number, 'it was edited: its hash does not fit')
        else if (expected !== undefined && line.prev !== expected)
          tell(name, number, gap(number, chained, before, name))
        chained = true
        // Behind a line that is not whole nothing says what has to follow.
        expected = line.whole ? line.hash : undefined
        last = line.hash
      }
      agrees()
    }
    if (from < bytes.length) {
      if (newest && !(head?.file === name && from < head.bytes)) result.torn++
      else tell(name, number + 1, 'it is not ended: it was cut or edited')
    }
    before = name
  }
  checkHead(headText, head, days, chained, atHead, tell)
  result.ok = result.broken.length === 0
  return result
}

function checkHead(
  text: string | undefined,
  head: Head | undefined,
  days: readonly TrailDay[],
  chained: boolean,
  agrees: boolean | undefined,
  tell: (name: string, line: number, reason: string) => void
): void {
  if (text === undefined) {
    if (chained) tell(HEAD_FILE, 0, 'it is missing: nothing says whether the last lines are all there')
    return
  }
  if (head === undefined || text !== `${JSON.stringify(head)}\n`) {
    tell(HEAD_FILE, 0, 'it was edited or damaged')
    return
  }
  const day = days.find(({name}) => name === head.file)
  // A first entry that failed leaves a head that tells of none.
  if (day === undefined) {
    if (chained || head.entries > 0) tell(head.file, 0, `the day is missing: it had ${head.entries} entries`)
  } else if (day.bytes.length < head.bytes)
    tell(
      head.file,
      day.bytes.toString('latin1').split('\n').length,
      `lines are missing at its end: it had ${head.entries} entries`
    )
  else if (agrees !== true)
    tell(head.file, 0, `it does not agree with ${HEAD_FILE}, which tells of ${head.entries} entries`)
}

interface Line {
  prev: string
  hash: string
  /** Whether the hash is that of the line. */
  whole: boolean
}

const HASH = /,"prev":"([0-9a-f]{64})","hash":"([0-9a-f]{64})"\}$/
/** From `,"hash":"` to the line's end. */
const TAIL = ',"hash":""}'.length + 64

/** Works on the bytes: text would read two different damaged bytes as the same character. */
function readLine(bytes: Buffer): Line | undefined {
  const found = HASH.exec(bytes.toString('latin1'))
  const [, prev, hash] = found ?? []
  if (prev === undefined || hash === undefined) return undefined
  return {prev, hash, whole: chainHash(prev, bytes.subarray(0, -TAIL)) === hash}
}

function gap(line: number, chained: boolean, before: string | undefined, name: string): string {
  if (line > 1) return 'it does not follow the line before: lines were removed, put in or moved'
  if (!chained || before === undefined) return `entries from before ${name.slice(0, 10)} are missing`
  return `it does not follow the last line of ${before.slice(0, 10)}: ${daysBetween(before, name)} or lines were removed`
}

function daysBetween(before: string, name: string): string {
  const [first, last] = [before, name].map((day) => Date.parse(day.slice(0, 10))) as [number, number]
  const between = Math.round((last - first) / DAY_MS) - 1
  if (between === 1) return `the day ${new Date(first + DAY_MS).toISOString().slice(0, 10)}`
  return between > 1 ? `a day between ${before.slice(0, 10)} and ${name.slice(0, 10)}` : 'a day'
}

const sum = (parts: readonly Verification[]): Verification => ({
  ok: parts.every(({ok}) => ok),
  files: parts.reduce((total, {files}) => total + files, 0),
  entries: parts.reduce((total, {entries}) => total + entries, 0),
  unchained: parts.reduce((total, {unchained}) => total + unchained, 0),
  torn: parts.reduce((total, {torn}) => total + torn, 0),
  broken: parts.flatMap(({broken}) => broken)
})
