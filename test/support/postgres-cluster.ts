import {execFileSync} from 'node:child_process'
import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs'
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
export default function preparePostgres({provide}: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'mh-postgres-'))
  provide('postgresFolder', folder)
  return () => {
    const stop = join(folder, 'stop.json')
    if (existsSync(stop)) {
      const {command, args, options} = JSON.parse(readFileSync(stop, 'utf8'))
      execFileSync(command, args, {...options, stdio: 'ignore'})
    }
    rmSync(folder, {recursive: true, force: true})
  }
}
