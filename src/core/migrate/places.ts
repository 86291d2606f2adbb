import {PROFILE_LAYOUT} from '../paths.ts'

/** The folders at whose root a single-user system kept everything of its one person. */
export const PLACES = ['persona', 'memory', 'etc', 'logs', 'out'] as const

/** Every folder above a path: "a", "a/b" for "a/b/c". */
export const foldersAbove = (path: string): string[] =>
  path
    .split('/')
    .slice(0, -1)
    .map((_, at, all) => all.slice(0, at + 1).join('/'))

/** What every profile has, and the folders above it. */
export const LAYOUT_FOLDERS: ReadonlySet<string> = new Set(
  Object.values(PROFILE_LAYOUT).flatMap((path) => [path, ...foldersAbove(path)])
)

/** A day of an audit trail: its lines are told apart one by one. */
export const AUDIT_DAY = /^logs\/audit\/\d{4}-\d\d-\d\d\.ndjson$/

/**
 * Whether a file or folder belongs to the system and not to a person, so that it stays where it is. What else does (config.json,
 * .env, backups, cache, profiles, agents) lies in no place that a migration looks into.
 * @param path relative to the root, with "/"
 */
export const stays = (path: string): boolean =>
  // Beside the accounts lie those that were damaged.
  /^persona\/users\.json(?:$|\.)/.test(path) ||
  /^logs\/run(?:$|\/)/.test(path) ||
  /^logs\/audit\/(?:head\.json$|archive(?:$|\/)|[^/]*\.torn$)/.test(path)

/** What a file is, as people are told. */
export type Kind = 'memory' | 'task' | 'inbox' | 'persona' | 'settings' | 'audit' | 'log' | 'output' | 'other' | 'link'

const KINDS: [RegExp, Kind][] = [
  [/^memory\/episodic\/.*\.json$/, 'memory'],
  [/^memory\/tasks\/.*\.json$/, 'task'],
  [/^memory\/inbox\//, 'inbox'],
  [/^persona\//, 'persona'],
  [/^etc\//, 'settings'],
  [/^logs\/audit\//, 'audit'],
  [/^logs\//, 'log'],
  [/^out\//, 'output']
]

export const kindOf = (path: string): Kind => KINDS.find(([pattern]) => pattern.test(path))?.[1] ?? 'other'
