import {isTime} from '../../core/agents/settings.ts'
import type {DailyWindow} from '../../core/agents/windows.ts'
import {readDocument} from '../../core/documents.ts'
import {usageError} from '../../core/errors.ts'
import {isObject} from '../../core/json.ts'
import type {ProfilePath} from '../../core/paths.ts'

/** The person's etc/boredom.json. */
export interface BoredomSettings {
  enabled: boolean
  idleMinutes: number
}

/** The person's etc/sleep.json. */
export interface SleepSettings {
  enabled: boolean
  window: DailyWindow
  minimumIdleMinutes: number
  maxDreamsPerNight: number
}

/** @throws MhError UNREADABLE_FILE, INVALID_SETTING (exit 2) */
export function readBoredom(): BoredomSettings {
  const {enabled, idleMinutes} = readDocument('boredom') ?? {}
  return {enabled: enabled !== false, idleMinutes: numberOf('boredom', 'idleMinutes', idleMinutes, 15)}
}

/** @throws MhError UNREADABLE_FILE, INVALID_SETTING (exit 2) */
export function readSleep(): SleepSettings {
  const {enabled, window, minimumIdleMinutes, maxDreamsPerNight} = readDocument('sleep') ?? {}
  const {start = '02:00', end = '06:00'} = isObject(window) ? window : {}
  if (!isTime(start) || !isTime(end)) throw invalid('sleep', 'window', window)
  return {
    enabled: enabled !== false,
    window: {start, end},
    minimumIdleMinutes: numberOf('sleep', 'minimumIdleMinutes', minimumIdleMinutes, 15),
    maxDreamsPerNight: Math.floor(numberOf('sleep', 'maxDreamsPerNight', maxDreamsPerNight, 3))
  }
}

function numberOf(document: ProfilePath, key: string, value: unknown, missing: number): number {
  if (value === undefined) return missing
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value
  throw invalid(document, key, value)
}

const invalid = (document: ProfilePath, key: string, value: unknown): Error =>
  usageError('INVALID_SETTING', `${key} in etc/${document}.json cannot be ${JSON.stringify(value)}`, 'Mend the file')
