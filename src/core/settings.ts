import {readRootConfig} from './config.ts'
import {readDocument} from './documents.ts'
import {systemZone} from './time.ts'

/** The person's own settings, from etc/profile.json. */
export interface ProfileSettings {
  /** IANA name. */
  timezone: string
  /** The language of the person's memories: "en", "de", … */
  language: string
  /** Memories with one of these tags (lower case) are private as those that are marked so. */
  privateTags: ReadonlySet<string>
  /** Where the person is, in their own words. */
  location?: string
}

/**
 * The current person's settings, with defaults for those that are not set. The zone is written when an account is made, so that
 * no command has to ask Intl for it (14 ms).
 */
export function readSettings(): ProfileSettings {
  const {timezone, language, privateTags, location} = readDocument('profile') ?? {}
  return {
    timezone: process.env.MH_TIMEZONE || textOf(timezone) || textOf(readRootConfig().timezone) || systemZone(),
    language: textOf(language) || textOf(readRootConfig().language) || 'en',
    privateTags: new Set(
      Array.isArray(privateTags)
        ? privateTags.flatMap((tag) => (typeof tag === 'string' ? [tag.toLowerCase()] : []))
        : []
    ),
    ...(typeof location === 'string' && location !== '' ? {location} : {})
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
