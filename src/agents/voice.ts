import {personaPrompt} from '../core/chat/prompt.ts'
import {readMode} from '../core/persona/mode.ts'
import {readPersona} from '../core/persona/persona.ts'

/** The current person's persona, as a model is told whom it is to be. @throws MhError UNREADABLE_FILE where its files are damaged */
export const personaVoice = (username: string): string =>
  personaPrompt({persona: readPersona(), username, mode: readMode().currentMode})
