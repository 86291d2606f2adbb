import type {AuditEvent} from '../audit.ts'
import {changeProfile} from '../change.ts'
import {fetchProfileText, listProfileNames, writeProfileFile} from '../documents.ts'
import {PROFILE_LAYOUT} from '../paths.ts'
import {sha256} from '../sha256.ts'

/** What an agent learned of the person in one night's run, as Markdown. */
export interface Learnings {
  run: string
  /** The person's day: "2026-05-04". */
  date: string
  /** Without a heading of the first level. */
  text: string
}

/** Where what agents learned overnight is kept: procedural memory. All functions work for the current user context only. */
export interface LearningsStore {
  /** Adds a run's learnings to its day's. Durable when it resolves. */
  add(learnings: Learnings, audit: AuditEvent): Promise<void>
  /** A day's learnings as a person reads them; undefined where there are none. */
  read(date: string): Promise<string | undefined>
  /** Takes out what a run added, unless somebody edited it since. */
  takeBack(run: string, audit: AuditEvent): Promise<'taken back' | 'edited' | 'none'>
}

export const learningsStore = (): LearningsStore => fileLearnings

/** memory/procedural/overnight/overnight-learnings-YYYYMMDD.md: a section a run, between comments that name the run and its text's hash. */
const fileLearnings: LearningsStore = {
  add: ({run, date, text}, audit) =>
    changeProfile(async (change) => {
      const before = (await fetchProfileText(fileOf(date))) ?? `# Overnight learnings of ${date}\n`
      const body = text.trim()
      const section = `<!-- ${run} ${hashOf(body)} -->\n${body}\n<!-- end of ${run} -->\n`
      writeProfileFile(change, fileOf(date), `${before.trimEnd()}\n\n${section}`)
      change.audit(audit)
    }),

  read: (date) => fetchProfileText(fileOf(date)),

  takeBack: (run, audit) =>
    changeProfile(async (change) => {
      const section = new RegExp(`\\n*<!-- ${run} ([0-9a-f]+) -->\\n([\\s\\S]*?)\\n<!-- end of ${run} -->\\n?`)
      for (const name of await listProfileNames(PROFILE_LAYOUT.overnight)) {
        const file = `${PROFILE_LAYOUT.overnight}/${name}`
        const text = (name.endsWith('.md') ? await fetchProfileText(file) : undefined) ?? ''
        const [whole, hash, body] = section.exec(text) ?? []
        if (whole === undefined || body === undefined) continue
        if (hashOf(body) !== hash) return 'edited'
        writeProfileFile(
          change,
          file,
          text.replace(whole, () => '\n')
        )
        change.audit(audit)
        return 'taken back'
      }
      return 'none'
    })
}

const fileOf = (date: string): string =>
  `${PROFILE_LAYOUT.overnight}/overnight-learnings-${date.replaceAll('-', '')}.md`

const hashOf = (text: string): string => sha256(text).slice(0, 16)
