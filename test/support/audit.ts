import {createHash} from 'node:crypto'
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {trailStore} from '../../src/core/audit/trail-store.ts'
import type {AuditEntry} from '../../src/core/audit.ts'
import {enterContext} from '../../src/core/backend.ts'
import type {UserContext} from '../../src/core/context.ts'
import {requireUser} from '../../src/core/users/accounts.ts'

/**
 * Reads a trail and checks its chain by the documented rule, with code of its own. Throws at the first line that does not hold.
 * @param torn whether the last line of the last day may be torn
 */
export const verifiedTrail = (folder: string, {torn = false} = {}): AuditEntry[] =>
  !existsSync(folder)
    ? []
    : entriesOf(
        readdirSync(folder)
          .filter((name) => name.endsWith('.ndjson'))
          .sort()
          .map((day) => ({day, text: readFileSync(join(folder, day), 'utf8')}))
          .map(({day, text}, at, days) => ({day, text: torn && at === days.length - 1 ? wholeLines(text) : text}))
          .filter(({text}) => !torn || text !== '')
      )

const wholeLines = (text: string): string => text.slice(0, text.lastIndexOf('\n') + 1)

/** The same for a person's, wherever it is kept. */
export const trailOf = (person: UserContext): Promise<AuditEntry[]> =>
  enterContext(person, async () => {
    const store = trailStore()
    const days = await store.days(store.of(await requireUser(person.username)), () => true)
    return entriesOf(days.map(({name, bytes}) => ({day: name, text: bytes.toString('utf8')})))
  })

/** The system's own. */
export async function systemTrail(): Promise<AuditEntry[]> {
  const store = trailStore()
  const days = await store.days(store.system(), () => true)
  return entriesOf(days.map(({name, bytes}) => ({day: name, text: bytes.toString('utf8')})))
}

function entriesOf(days: readonly {day: string; text: string}[]): AuditEntry[] {
  let prev = '0'.repeat(64)
  const entries: AuditEntry[] = []
  for (const {day, text} of days) {
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
