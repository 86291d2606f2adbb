import {createHash} from 'node:crypto'
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {AuditEntry} from '../../src/core/audit.ts'

/** Reads a trail and checks its chain by the documented rule, with code of its own. Throws at the first line that does not hold. */
export function verifiedTrail(folder: string): AuditEntry[] {
  if (!existsSync(folder)) return []
  let prev = '0'.repeat(64)
  const entries: AuditEntry[] = []
  for (const day of readdirSync(folder)
    .filter((name) => name.endsWith('.ndjson'))
    .sort()) {
    const text = readFileSync(join(folder, day), 'utf8')
    if (!text.endsWith('\n')) throw new Error(`${day} ends in a torn line`)
    for (const [index, line] of text.slice(0, -1).split('\n').entries()) {
      const entry = JSON.parse(line)
      const body = line.slice(0, line.lastIndexOf(',"hash"'))
      const hash = createHash('sha256')
        .update(prev + body)
        .digest('hex')
      if (entry.prev !== prev || entry.hash !== hash) throw new Error(`${day}:${index + 1} breaks the chain`)
      prev = hash
      entries.push(entry)
    }
  }
  return entries
}
