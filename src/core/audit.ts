import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync
} from 'node:fs'
import {join} from 'node:path'
import {getUserContext} from './context.ts'
import {dataSynced, replaced} from './disk.ts'
import {errno} from './errors.ts'
import {reach} from './faults.ts'
import {ensureFolder, ensureSystemFolder, folderSynced, readIfThere, syncFolder, unwritable, writeAll} from './files.ts'
import type {AccountsLock, ProfileLock} from './locks.ts'
import {PROFILE_LAYOUT} from './paths.ts'
import {sha256} from './sha256.ts'
import {systemPaths} from './system-paths.ts'
import {profileFolder} from './users/accounts.ts'

export type AuditLevel = 'info' | 'warn' | 'error' | 'critical'

/** What a caller says about an event. Never secrets, never the text of a memory. */
export interface AuditEvent {
  level?: AuditLevel
  category: 'system' | 'action' | 'data' | 'security' | 'decision'
  event: string
  details?: Record<string, unknown>
}

/** One line of logs/audit/YYYY-MM-DD.ndjson. `hash` stands last: it covers `prev` and the bytes of the line before it. */
export interface AuditEntry extends Required<AuditEvent> {
  timestamp: string
  actor: string
  userId: string | null
  prev: string
  hash: string
}

/** How far the trail is known to be whole: head.json beside the days. */
export interface Head {
  file: string
  entries: number
  bytes: number
  hash: string
}

/** The same where the head is lost: what the first line follows, the line itself says. */
type KnownHead = Omit<Head, 'hash'> & {hash: string | undefined}

/** What the first line of a trail follows. */
export const GENESIS = '0'.repeat(64)
export const HEAD_FILE = 'head.json'

/** Adds an entry to a person's own trail. Durable when it returns. */
export function auditProfile(lock: ProfileLock, event: AuditEvent): void {
  if (lock.writes !== undefined) {
    lock.writes.audit(event)
    return
  }
  const root = profileFolder(lock.userId)
  const {path} = ensureFolder(root, PROFILE_LAYOUT.audit)
  append(path, ensureFolder(root, PROFILE_LAYOUT.temporary).path, event, lock.userId)
}

/** Adds entries of a person's own trail, which wait for the disk together. */
export async function auditProfileTogether(lock: ProfileLock, events: readonly AuditEvent[]): Promise<void> {
  if (events.length === 0) return
  if (lock.writes !== undefined) {
    for (const event of events) lock.writes.audit(event)
    return
  }
  const root = profileFolder(lock.userId)
  const {path} = ensureFolder(root, PROFILE_LAYOUT.audit)
  await appendAll(path, ensureFolder(root, PROFILE_LAYOUT.temporary).path, events, lock.userId)
}

/** Adds an entry to the system's trail. Durable when it returns. */
export function auditSystem(lock: AccountsLock, event: AuditEvent, userId: string | null = null): void {
  if (lock.writes !== undefined) {
    lock.writes.audit(event, userId)
    return
  }
  ensureSystemFolder(systemPaths.audit)
  ensureSystemFolder(systemPaths.temporary)
  append(systemPaths.audit, systemPaths.temporary, event, userId)
}

/** Adds an entry to the trail of somebody whose account is gone, where there is one. @param archive its folder's name */
export function auditArchived(_lock: AccountsLock, archive: string, event: AuditEvent, userId: string): void {
  const folder = join(systemPaths.auditArchive, archive)
  if (existsSync(folder)) append(folder, systemPaths.temporary, event, userId)
}

/** The hash of an entry: SHA-256 over the hash of the entry before it and the line's bytes before `,"hash"`. */
export const chainHash = (prev: string, lineBeforeHash: string | Uint8Array): string =>
  sha256(
    typeof lineBeforeHash === 'string' ? prev + lineBeforeHash : Buffer.concat([Buffer.from(prev), lineBeforeHash])
  )

/** Lines that are written, and not durable yet. */
interface Written {
  file: number
  path: string
  folder: string
  temporary: string
  /** A new day's name has to last as its lines do. */
  newDay: boolean
  /** Where the lines begin. */
  at: number
  head: Head
}

function append(folder: string, temporary: string, event: AuditEvent, userId: string | null): void {
  const written = writeLines(folder, temporary, [event], userId)
  try {
    fdatasyncSync(written.file)
    if (written.newDay) syncFolder(folder)
    writeHead(written)
  } catch (error) {
    takeBack(written)
    throw unwritable(written.path, error)
  } finally {
    closeSync(written.file)
  }
  reach('audited')
}

async function appendAll(
  folder: string,
  temporary: string,
  events: readonly AuditEvent[],
  userId: string | null
): Promise<void> {
  const written = writeLines(folder, temporary, events, userId)
  try {
    await dataSynced(written.file)
    if (written.newDay) await folderSynced(folder)
    await headReplaced(written)
  } catch (error) {
    takeBack(written)
    throw unwritable(written.path, error)
  } finally {
    closeSync(written.file)
  }
  reach('audited')
}

/** What the lines tell of is taken back where they fail, and so are they, whole or torn. */
function takeBack({file, path, at}: Pick<Written, 'file' | 'path' | 'at'>): void {
  if (at === 0) rmSync(path)
  else ftruncateSync(file, at)
}

function writeLines(folder: string, temporary: string, events: readonly AuditEvent[], userId: string | null): Written {
  const head = readHead(folder)
  const now = new Date().toISOString()
  // A clock that went back does not open an older day: the chain only grows at its end.
  const today = `${now.slice(0, 10)}.ndjson`
  const name = head !== undefined && head.file > today ? head.file : today
  const path = join(folder, name)
  let file: number | undefined
  try {
    const end = head === undefined || head.file === name ? head : settleDay(join(folder, head.file), head)
    file = openSync(path, 'a+', 0o600)
    // Today's file may hold a first line already, whole or torn, that a crash kept the head from telling of.
    const known = settle(
      file,
      path,
      end?.file === name ? end : {file: name, entries: 0, bytes: 0, hash: end?.hash ?? GENESIS}
    )
    // The first line of all stands behind a head, so that a crash before the next one does not look as if the head was taken away.
    if (head === undefined) writeHead({folder, temporary, head: known})
    let {hash} = known
    let text = ''
    for (const event of events) {
      const line = formatEntry(event, now, userId, hash)
      text += `${line.text}\n`
      hash = line.hash
    }
    const bytes = Buffer.from(text)
    try {
      writeAll(file, bytes)
      reach('audit-line')
    } catch (error) {
      takeBack({file, path, at: known.bytes})
      throw error
    }
    return {
      file,
      path,
      folder,
      temporary,
      newDay: known.bytes === 0,
      at: known.bytes,
      head: {file: name, entries: known.entries + events.length, bytes: known.bytes + bytes.length, hash}
    }
  } catch (error) {
    if (file !== undefined) closeSync(file)
    throw unwritable(path, error)
  }
}

function settleDay(path: string, head: KnownHead): Head {
  const file = openSync(path, 'a+', 0o600)
  try {
    return settle(file, path, head)
  } finally {
    closeSync(file)
  }
}

/** Who acts, as an entry names them. */
export function currentActor(): string {
  const user = getUserContext()
  return user === undefined || user.role === 'anonymous' ? 'system' : user.username
}

/** The line of an entry, and its hash. @param prev hash of the entry before it */
export function formatEntry(
  event: AuditEvent,
  timestamp: string,
  userId: string | null,
  prev: string,
  actor = currentActor()
): {text: string; hash: string} {
  const {level = 'info', category, event: name, details = {}} = event
  const body = JSON.stringify({timestamp, level, category, event: name, actor, userId, details, prev}).slice(0, -1)
  const hash = chainHash(prev, body)
  return {text: `${body},"hash":"${hash}"}`, hash}
}

/** The head of a trail; where it is missing or damaged, the newest day is read from its beginning. */
function readHead(folder: string): KnownHead | undefined {
  const head = parseHead(readIfThere(join(folder, HEAD_FILE)) ?? '')
  if (head !== undefined) return head
  const days = readdirSync(folder)
    .filter((name) => /^\d{4}-\d\d-\d\d\.ndjson$/.test(name))
    .sort()
    .reverse()
  // A day that a crash tore before its first whole line says nothing of the chain.
  const newest = days.find((name) => readFileSync(join(folder, name), 'utf8').includes(',"hash":"')) ?? days.at(-1)
  return newest === undefined ? undefined : {file: newest, entries: 0, bytes: 0, hash: undefined}
}

/** The head in a text of head.json; undefined where it holds none. Then a shortcut is lost: the lines say how far the chain goes. */
export function parseHead(text: string): Head | undefined {
  try {
    const {file, entries, bytes, hash} = JSON.parse(text) as Partial<Head>
    if (
      typeof file === 'string' &&
      /^[\d-]+\.ndjson$/.test(file) &&
      typeof entries === 'number' &&
      typeof bytes === 'number' &&
      typeof hash === 'string'
    )
      return {file, entries, bytes, hash}
  } catch {
    return undefined
  }
  return undefined
}

/** Replaced after every entry, without an fsync of its own: lines beyond it whose chain holds are adopted. */
function writeHead(written: Pick<Written, 'folder' | 'temporary' | 'head'>): void {
  const path = newHead(written)
  try {
    renameSync(path, join(written.folder, HEAD_FILE))
  } catch (error) {
    rmSync(path, {force: true})
    throw error
  }
}

/** The same where others' work may go on meanwhile. */
async function headReplaced(written: Written): Promise<void> {
  const path = newHead(written)
  try {
    await replaced(path, join(written.folder, HEAD_FILE))
  } catch (error) {
    rmSync(path, {force: true})
    throw error
  }
}

/** @returns where it waits for its name */
function newHead({temporary, head}: Pick<Written, 'temporary' | 'head'>): string {
  const path = join(temporary, `head.json.${process.pid}`)
  try {
    const file = openSync(path, 'w', 0o600)
    try {
      writeAll(file, Buffer.from(`${JSON.stringify(head)}\n`))
    } finally {
      closeSync(file)
    }
    return path
  } catch (error) {
    rmSync(path, {force: true})
    throw error
  }
}

/**
 * How far the trail really goes. Lines beyond the head were written just before a crash and are adopted; a last line without
 * its end was torn by it and is moved to *.torn. Where lines are missing the chain goes on from the head's hash, so that
 * verification names the gap.
 */
function settle(file: number, path: string, head: KnownHead): Head {
  const {size} = fstatSync(file)
  if (size <= head.bytes) return {...head, bytes: size, hash: head.hash ?? GENESIS}
  const beyond = Buffer.alloc(size - head.bytes)
  readSync(file, beyond, 0, beyond.length, head.bytes)
  const end = beyond.lastIndexOf(0x0a) + 1
  if (end < beyond.length) {
    saveTorn(path, beyond.subarray(end))
    ftruncateSync(file, head.bytes + end)
    fdatasyncSync(file)
  }
  const lines = beyond.subarray(0, end).toString('utf8').split('\n').slice(0, -1)
  return {
    file: head.file,
    entries: head.entries + lines.length,
    bytes: head.bytes + end,
    hash: lastOfChain(lines, head.hash)
  }
}

/** The hash of the last line that carries the chain on from `hash`. Lines that do not are left for verification to name. */
function lastOfChain(lines: readonly string[], hash: string | undefined): string {
  let last = hash
  for (const line of lines) {
    const [, body = '', own] = /^(.*),"hash":"([0-9a-f]{64})"\}$/s.exec(line) ?? []
    // Lines without a hash are older than the chain.
    if (own === undefined) continue
    last ??= /"prev":"([0-9a-f]{64})"$/.exec(body)?.[1] ?? GENESIS
    if (chainHash(last, body) !== own) break
    last = own
  }
  return last ?? GENESIS
}

function saveTorn(path: string, bytes: Uint8Array): void {
  for (let number = 1; ; number++) {
    try {
      const file = openSync(`${path}${number === 1 ? '' : `.${number}`}.torn`, 'wx', 0o600)
      writeAll(file, bytes)
      fdatasyncSync(file)
      closeSync(file)
      return
    } catch (error) {
      if (errno(error) !== 'EEXIST') throw error
    }
  }
}
