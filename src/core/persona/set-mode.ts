import {changeProfile} from '../change.ts'
import {readDocument, writeDocument} from '../documents.ts'
import {usageError} from '../errors.ts'
import {alternatives, nearest} from '../nearest.ts'
import {requirePermission} from '../users/permissions.ts'
import {type CognitiveMode, MODES, readMode} from './mode.ts'

/** So many changes of the mode are remembered. */
const LONGEST_HISTORY = 200

export interface ShownMode {
  mode: CognitiveMode
  /** ISO 8601, UTC; null where it was never set. */
  lastChanged: string | null
}

/** The current person's mode. @throws MhError UNREADABLE_FILE */
export async function showMode(): Promise<ShownMode> {
  requirePermission('read')
  const {currentMode, lastChanged} = readMode()
  return {mode: currentMode, lastChanged}
}

/** Sets the current person's mode. @throws MhError INVALID_MODE (exit 2), NOT_ALLOWED_FOR_ROLE (exit 4), UNREADABLE_FILE */
export async function setMode(wanted: string): Promise<ShownMode> {
  requirePermission('mode')
  const mode = MODES.find((one) => one === wanted)
  if (mode === undefined)
    throw usageError(
      'INVALID_MODE',
      `${JSON.stringify(wanted)} is no mode`,
      `Use ${alternatives(nearest(wanted, MODES, 1).length > 0 ? nearest(wanted, MODES, 1) : MODES)}`
    )
  return changeProfile((change) => {
    const {mode: older, ...document} = readDocument('cognitiveMode') ?? {}
    const lastChanged = new Date().toISOString()
    const from = document.currentMode ?? older ?? 'dual'
    const history = [...(Array.isArray(document.history) ? document.history : []), {mode, from, at: lastChanged}]
    writeDocument(change, 'cognitiveMode', {
      ...document,
      currentMode: mode,
      lastChanged,
      history: history.slice(-LONGEST_HISTORY)
    })
    change.audit({category: 'data', event: 'mode_set', details: {from, to: mode}})
    return {mode, lastChanged}
  })
}
