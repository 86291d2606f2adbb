import {readDocument} from './documents.ts'
import {systemZone} from './time.ts'

/** The person's own settings, from etc/profile.json. */
export interface ProfileSettings {
  /** IANA name. */
  timezone: string
  /** The language of the person's memories: "en", "de", … */
  language: string
}

/**
 * The current person's settings, with defaults for those that are not set. The zone is written when an account is made, so that
 * no command has to ask Intl for it (14 ms).
 */
export function readSettings(): ProfileSettings {
  const {timezone, language} = readDocument('profile') ?? {}
  return {
    timezone: typeof timezone === 'string' && timezone !== '' ? timezone : systemZone(),
    language: typeof language === 'string' && language !== '' ? language : 'en'
  }
}
