import {documentPlace, readProfileText} from '../documents.ts'
import {parseShared} from '../json.ts'
import {PROFILE_LAYOUT} from '../paths.ts'

/** dual: the persona learns from everything; agent: it works, and remembers what it did; emulation: it only answers. */
export const MODES = ['dual', 'agent', 'emulation'] as const
export type CognitiveMode = (typeof MODES)[number]

export interface CognitiveModeConfig {
  currentMode: CognitiveMode
  lastChanged: string | null
}

/**
 * The current person's mode. An unknown one reads as emulation, the mode that changes nothing; without a file it is dual.
 * @throws MhError UNREADABLE_FILE where the file is damaged
 */
export function readMode(): CognitiveModeConfig {
  const text = readProfileText(PROFILE_LAYOUT.cognitiveMode)
  if (text === undefined) return {currentMode: 'dual', lastChanged: null}
  const {currentMode, mode, lastChanged} = parseShared(text, () => documentPlace(PROFILE_LAYOUT.cognitiveMode))
  return {
    currentMode: known(currentMode ?? mode),
    lastChanged: typeof lastChanged === 'string' && lastChanged !== '' ? lastChanged : null
  }
}

const known = (mode: unknown): CognitiveMode => (mode === 'dual' || mode === 'agent' ? mode : 'emulation')
