import {readDocument} from '../documents.ts'
import {MhError} from '../errors.ts'
import {memoryStore} from '../memory/memories.ts'
import {PROFILE_LAYOUT, type ProfilePath, paths} from '../paths.ts'
import {MODES} from '../persona/mode.ts'
import {readPersona} from '../persona/persona.ts'
import type {Found} from './finding.ts'

/** Everything of the person's can be read, and the index knows it. */
export async function* profileIsReadable(): AsyncGenerator<Found> {
  let damaged = false
  for (const name of Object.keys(PROFILE_LAYOUT) as ProfilePath[]) {
    const found = PROFILE_LAYOUT[name].endsWith('.json') ? problemOf(name, () => readDocument(name)) : undefined
    if (found !== undefined) {
      damaged = true
      yield found
    }
  }
  if (!damaged) {
    const found = problemOf('personaCore', readPersona)
    if (found !== undefined) yield found
    yield* modeIsKnown()
  }
  yield* memoriesAgree()
}

function problemOf(name: ProfilePath, read: () => unknown): Found | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    if (!(error instanceof MhError)) throw error
    return {
      severity: 'error',
      code: error.code,
      message: error.message,
      path: paths[name],
      hint: error.hint ?? 'Mend the file, or put it back from a backup'
    }
  }
}

function* modeIsKnown(): Generator<Found> {
  const document = readDocument('cognitiveMode')
  const mode = document?.currentMode ?? document?.mode
  if (document !== undefined && !MODES.some((one) => one === String(mode)))
    yield {
      severity: 'warning',
      code: 'UNKNOWN_MODE',
      message: `The mode is ${JSON.stringify(mode)}, which reads as emulation: nothing can be changed`,
      path: paths.cognitiveMode,
      hint: 'mh mode set dual, agent or emulation'
    }
}

/** The index is derived, and brought up to date while it is compared: that is no harm, and told as a remark. */
async function* memoriesAgree(): AsyncGenerator<Found> {
  const store = memoryStore()
  await store.counts()
  const {added, updated, removed, unreadable} = await store.reindex({full: false})
  if (added + updated + removed > 0)
    yield {
      severity: 'warning',
      code: 'INDEX_DRIFT',
      message: `The index did not know ${added} memories, ${updated} changes and ${removed} removals`,
      path: paths.episodic,
      mend: () => {}
    }
  for (const {path, reason} of unreadable)
    yield {
      severity: 'error',
      code: 'UNREADABLE_MEMORY',
      message: `The memory cannot be read: ${reason}`,
      path,
      hint: 'Mend the file, or move it away; it was left as it is'
    }
}
