import {PROFILE_LAYOUT} from '../../paths.ts'

/** What a file of a profile is, by where it lies: it becomes a row of another table for each. */
export type FileKind =
  | 'memory'
  | 'trash'
  | 'history'
  | 'task'
  | 'inbox'
  | 'audit'
  | 'head'
  | 'lines'
  | 'document'
  | 'file'

/** @param path relative to the profile, with "/" */
export function kindOf(path: string): FileKind {
  const json = path.endsWith('.json')
  const below = (folder: string): boolean => path.startsWith(`${folder}/`)
  if (json && below(PROFILE_LAYOUT.episodic)) return 'memory'
  if (json && below(PROFILE_LAYOUT.trash)) return 'trash'
  if (/^memory\/history\/[^/]+\/(?:undone\/)?[^/]+\.json$/.test(path)) return 'history'
  if (json && below(PROFILE_LAYOUT.tasks)) return 'task'
  if (/^memory\/inbox\/(?![_.])/.test(path)) return 'inbox'
  if (/^logs\/audit\/\d{4}-\d\d-\d\d\.ndjson$/.test(path)) return 'audit'
  if (path === `${PROFILE_LAYOUT.audit}/head.json`) return 'head'
  if (path.endsWith('.ndjson') && below('logs')) return 'lines'
  const readable = json || path.endsWith('.md')
  const documents = ['persona', 'etc', 'memory/procedural', 'memory/semantic', 'memory/preferences']
  if (readable && (documents.some(below) || path === PROFILE_LAYOUT.agentState)) return 'document'
  return 'file'
}

/** A file of a profile with what is in it. */
export interface ProfileFile {
  /** Relative to the profile, with "/". */
  path: string
  bytes: Uint8Array
  /** When it was last changed, milliseconds; undefined where nothing says so. */
  modified?: number
}
