import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync} from 'node:fs'
import type {Socket} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {TestProject} from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the run's own PostgreSQL lies once a test has started it; see postgres.ts. */
    postgresFolder: string
  }
}

/** Gives a run a folder for a PostgreSQL of its own, which the first test that needs it starts, and ends it with the run. */
export default function preparePostgres({provide}: TestProject): () => Promise<void> {
  const {folder, end} = folderForPostgres()
  provide('postgresFolder', folder)
  return end
}

/** A folder for a PostgreSQL, which is ended and removed when that is asked for, or when this process is gone. */
export function folderForPostgres(): {folder: string; end: () => Promise<void>} {
  const folder = mkdtempSync(join(tmpdir(), 'mh-postgres-'))
  const ender = spawn(process.execPath, [join(import.meta.dirname, 'postgres-end.ts'), folder], {
    stdio: ['pipe', 'ignore', 'inherit'],
    detached: true
  })
  ender.unref()
  ;(ender.stdin as Socket).unref()
  return {
    folder,
    async end() {
      const ended = once(ender, 'exit')
      ender.ref()
      ender.stdin.end()
      await ended
    }
  }
}
