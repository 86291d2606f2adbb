import {readRootConfig} from './config.ts'
import {lookAtDocument} from './documents.ts'
import {type JsonObject, texts} from './json.ts'
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
  const document = lookAtDocument('profile') ?? NOTHING
  const {timezone, language, location} = document
  return {
    timezone: process.env.MH_TIMEZONE || textOf(timezone) || textOf(readRootConfig().timezone) || systemZone(),
    language: textOf(language) || textOf(readRootConfig().language) || 'en',
    privateTags: privateTagsOf(document),
    ...(typeof location === 'string' && location !== '' ? {location} : {})
  }
}

const NOTHING: Readonly<JsonObject> = Object.freeze({})
const privateTags = new WeakMap<object, ReadonlySet<string>>()

/** Made once for a document: whoever reads settings is asked some ten times for one page. */
function privateTagsOf(document: Readonly<JsonObject>): ReadonlySet<string> {
  const known = privateTags.get(document)
  if (known !== undefined) return known
  const made = new Set(texts(document.privateTags).map((tag) => tag.toLowerCase()))
  privateTags.set(document, made)
  return made
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
