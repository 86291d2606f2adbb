import {TextDecoder} from 'node:util'
import {parseHead} from '../../audit.ts'
import {readEvent} from '../../memory/event.ts'
import {fileNameOf, monthFolder} from '../../memory/files/placement.ts'
import {type Locked, type NewRow, putRows} from '../../memory/postgres/rows.ts'
import {parseRecord} from '../../memory/read-file.ts'
import {PROFILE_LAYOUT} from '../../paths.ts'
import {put} from '../../tasks/postgres/store.ts'
import {readTask, type TaskPlace} from '../../tasks/task.ts'
import {kindOf, type ProfileFile} from './kinds.ts'

/** Memories that are put at once. */
const CHUNK = 512

/**
 * Puts the files of a profile into the tables, for a person who has nothing there yet. What cannot be understood stays a file, byte for
 * byte, and is told.
 * @param files in the order of their paths
 * @param settings what the memories' terms and the tasks' due dates are worked out by
 */
export async function takeProfile(
  locked: Locked,
  files: Iterable<ProfileFile>,
  {language, timezone}: {language: string; timezone: string}
): Promise<{unreadable: {path: string; reason: string}[]}> {
  const {unit, profile} = locked
  const {userId, row} = profile
  row.language = language
  row.zone = timezone
  profile.changed = true
  const unreadable: {path: string; reason: string}[] = []
  const ids = new Set<string>()
  let waiting: NewRow[] = []
  let audited = 0
  const flush = async (): Promise<void> => {
    if (waiting.length > 0) putRows(locked, waiting)
    waiting = []
    await unit.transaction.settle()
  }
  const asFile = ({path, bytes}: ProfileFile, reason?: string): void => {
    unit.send(userId, 'INSERT INTO file (user_id, path, bytes) VALUES ($1, $2, $3)', [userId, path, bytes])
    if (reason !== undefined) unreadable.push({path, reason})
  }
  /** The memory of a file, with its text and its path below `folder` where that is another than the usual one. */
  const memory = (file: ProfileFile, folder: string): {row: NewRow; record: string; at: Date} | string => {
    const record = textOf(file.bytes)
    if (record === undefined) return 'it is not UTF-8 text'
    const parsed = parseRecord(record)
    if ('reason' in parsed) return parsed.reason
    const event = readEvent(parsed.value, userId)
    if (typeof event === 'string') return event
    const place = file.path.slice(folder.length + 1)
    const usual = `${monthFolder(event.timestamp)}/${fileNameOf(event.id)}`
    return {
      row: {event, record, place: place === usual ? null : place},
      record,
      at: new Date(file.modified ?? 0)
    }
  }

  for (const file of files) {
    const {path, bytes, modified = 0} = file
    switch (kindOf(path)) {
      case 'memory': {
        const read = memory(file, PROFILE_LAYOUT.episodic)
        if (typeof read === 'string') asFile(file, read)
        else if (ids.has(read.row.event.id)) asFile(file, `another memory has the id ${read.row.event.id}`)
        else {
          ids.add(read.row.event.id)
          waiting.push(read.row)
          if (waiting.length === CHUNK) await flush()
        }
        break
      }
      case 'trash': {
        const read = memory(file, PROFILE_LAYOUT.trash)
        if (typeof read === 'string') asFile(file, read)
        else
          unit.send(userId, 'INSERT INTO trash (user_id, id, deleted_at, place, record) VALUES ($1, $2, $3, $4, $5)', [
            userId,
            read.row.event.id,
            read.at,
            read.row.place,
            read.record
          ])
        break
      }
      case 'history': {
        const read = memory(file, PROFILE_LAYOUT.history)
        const name = path.split('/').slice(3).join('/')
        if (typeof read === 'string') asFile(file, read)
        else
          unit.send(
            userId,
            'INSERT INTO history (user_id, id, undone, at, place, record) VALUES ($1, $2, $3, $4, $5, $6)',
            [userId, read.row.event.id, name.startsWith('undone/'), read.at, name, read.record]
          )
        break
      }
      case 'task': {
        const record = textOf(bytes)
        const place = path.slice(PROFILE_LAYOUT.tasks.length + 1)
        const [top = ''] = place.split('/')
        const where: TaskPlace = top === 'completed' || top === 'deleted' ? top : 'active'
        const parsed = record === undefined ? {reason: 'it is not UTF-8 text'} : parseRecord(record)
        const task = 'reason' in parsed ? parsed.reason : readTask(parsed.value, where, userId, modified)
        if (record === undefined || typeof task === 'string') asFile(file, String(task))
        else
          put(unit, profile, {
            task,
            record,
            deleted: where === 'deleted',
            place: place === `${top}/${fileNameOf(task.id)}` ? null : place
          })
        break
      }
      case 'inbox':
        unit.send(
          userId,
          "INSERT INTO inbox (user_id, name, modified, state, bytes) VALUES ($1, $2, $3, 'waiting', $4)",
          [userId, path.slice(PROFILE_LAYOUT.inbox.length + 1), new Date(modified), bytes]
        )
        break
      case 'audit': {
        const text = textOf(bytes)
        if (text === undefined || !text.endsWith('\n')) {
          asFile(file, 'its last line was cut')
          break
        }
        const day = path.slice(PROFILE_LAYOUT.audit.length + 1, -'.ndjson'.length)
        const lines = text.slice(0, -1).split('\n')
        unit.send(
          userId,
          'INSERT INTO audit SELECT $1, $2 + l.place, $3, l.line FROM unnest($4::text[]) WITH ORDINALITY AS l (line, place)',
          [userId, audited, day, lines]
        )
        audited += lines.length
        break
      }
      case 'head': {
        const head = parseHead(textOf(bytes) ?? '')
        if (head === undefined) asFile(file, 'it says nothing of the trail')
        else {
          row.audit_day = head.file.slice(0, -'.ndjson'.length)
          row.audit_hash = head.hash
        }
        break
      }
      case 'lines': {
        const text = textOf(bytes)
        if (text === undefined || !text.endsWith('\n')) asFile(file, 'its last line was cut')
        else
          unit.send(userId, 'INSERT INTO line (user_id, path, text) SELECT $1, $2, * FROM unnest($3::text[])', [
            userId,
            path,
            text.slice(0, -1).split('\n')
          ])
        break
      }
      case 'document': {
        const text = textOf(bytes)
        if (text === undefined) asFile(file, 'it is not UTF-8 text')
        else unit.send(userId, 'INSERT INTO document VALUES ($1, $2, $3)', [userId, path, text])
        break
      }
      case 'file':
        asFile(file)
        await unit.transaction.settle()
    }
  }
  await flush()
  row.audit_entries = audited
  return {unreadable}
}

/** PostgreSQL keeps well-formed text without NUL; undefined for any other. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes)
    return text.includes('\0') ? undefined : text
  } catch {
    return undefined
  }
}
