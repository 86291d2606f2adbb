import {readFileSync, unlinkSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {HEAD_FILE, parseHead} from '../audit.ts'
import {errno} from '../errors.ts'
import {readIfThere, syncFolder, writeDurably} from '../files.ts'

/** How the lines of a chained trail end. */
const CHAINED = /,"prev":"[\da-f]{64}","hash":"[\da-f]{64}"\}\r?\n?$/

/** A day whose lines are told apart. */
export interface SplitDay {
  /** The lines of a chained trail. */
  chained: Buffer
  /** Those of a system that had none. */
  others: Buffer
  /** How the two alternate: so many others, then so many chained ones, and so on. */
  runs: number[]
}

/** Tells the lines of a day apart. A last line without its end belongs to the chain where there is one: a crash tore it. */
export function splitDay(bytes: Buffer): SplitDay {
  const chained: Buffer[] = []
  const others: Buffer[] = []
  const runs = [0]
  for (const line of linesOf(bytes)) {
    const ours = isChained(line) || (line.at(-1) !== NEWLINE && chained.length > 0)
    ;(ours ? chained : others).push(line)
    if (ours !== (runs.length % 2 === 0)) runs.push(0)
    runs.push((runs.pop() ?? 0) + 1)
  }
  return {chained: Buffer.concat(chained), others: Buffer.concat(others), runs}
}

/**
 * Puts lines without hashes before those that a day has. Done twice, it is done once.
 * @param temporary a folder of the same file system
 */
export function addLines(path: string, lines: Buffer, temporary: string): void {
  const present = readBytes(path)
  if (present.subarray(0, lines.length).equals(lines)) return
  const end = lines.at(-1) === NEWLINE || present.length === 0 ? [] : [Buffer.from('\n')]
  replace(path, Buffer.concat([lines, ...end, present]), temporary)
}

/** Takes away again what `addLines` put there. @returns false where it is not there */
export function takeLines(path: string, lines: Buffer, temporary: string): boolean {
  const present = readBytes(path)
  if (lines.length === 0 || !present.subarray(0, lines.length).equals(lines)) return false
  const rest = present.subarray(lines.length)
  replace(path, lines.at(-1) !== NEWLINE && rest.at(0) === NEWLINE ? rest.subarray(1) : rest, temporary)
  return true
}

/** Removes the lines without hashes that were taken elsewhere, and no other. @param lines what they are, in their order */
export function dropLines(path: string, lines: Buffer, temporary: string): void {
  const present = readBytes(path)
  const {others} = splitDay(present)
  // What is not there any more was dropped before.
  if (others.length === 0 || !others.subarray(0, lines.length).equals(lines)) return
  let dropped = 0
  const kept = [...linesOf(present)].filter((line) => {
    if (dropped >= lines.length || isChained(line)) return true
    dropped += line.length
    return false
  })
  replace(path, Buffer.concat(kept), temporary)
}

/**
 * Gives a day of the system's trail its lines without hashes back, each where it stood. What the trail has grown by since stays
 * behind them. Done twice, it is done once.
 */
export function restoreDay(path: string, {others, runs}: Omit<SplitDay, 'chained'>, temporary: string): void {
  const present = readBytes(path)
  if (splitDay(present).others.subarray(0, others.length).equals(others)) return
  const sources: [Buffer[], Buffer[]] = [[...linesOf(others)], [...linesOf(present)]]
  const taken = runs.flatMap((count, at) => sources[at % 2 === 0 ? 0 : 1].splice(0, count))
  replace(path, Buffer.concat([...taken, ...sources[0], ...sources[1]]), temporary)
}

/** The first bytes of a day, as many as `addLines` put there. */
export const firstBytes = (path: string, length: number): Buffer => readBytes(path).subarray(0, length)

const NEWLINE = 0x0a

/** Each line with the newline that ends it. */
function* linesOf(bytes: Buffer): Generator<Buffer> {
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(NEWLINE, from)
    const next = end < 0 ? bytes.length : end + 1
    yield bytes.subarray(from, next)
    from = next
  }
}

const isChained = (line: Buffer): boolean => CHAINED.test(line.toString('latin1'))

/** An empty day is none. */
function replace(path: string, bytes: Buffer, temporary: string): void {
  if (bytes.length > 0) writeDurably(path, bytes, temporary)
  else {
    unlinkSync(path)
    syncFolder(dirname(path))
  }
  alignHead(path, bytes, temporary)
}

/**
 * head.json says how many lines and bytes its day has, which other lines before those of the chain change. Where the chain's last
 * line is not there, something was cut: then the head keeps on saying so.
 */
function alignHead(path: string, bytes: Buffer, temporary: string): void {
  const folder = dirname(path)
  const head = parseHead(readIfThere(join(folder, HEAD_FILE)) ?? '')
  if (head === undefined || join(folder, head.file) !== path) return
  const at = bytes.indexOf(`,"hash":"${head.hash}"}\n`)
  if (at < 0) return
  const end = bytes.indexOf(NEWLINE, at) + 1
  const entries = [...linesOf(bytes.subarray(0, end))].length
  writeDurably(join(folder, HEAD_FILE), `${JSON.stringify({...head, entries, bytes: end})}\n`, temporary)
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    if (errno(error) === 'ENOENT') return Buffer.alloc(0)
    throw error
  }
}
