import {sep} from 'node:path'
import {requireUserContext} from './context.ts'
import {profileFolder} from './users/accounts.ts'

/** Folders and files of a profile, relative to its root. */
export const PROFILE_LAYOUT = {
  persona: 'persona',
  personaCore: 'persona/core.json',
  relationships: 'persona/relationships.json',
  routines: 'persona/routines.json',
  decisionRules: 'persona/decision-rules.json',
  facetIndex: 'persona/facets.json',
  facets: 'persona/facets',
  personaHistory: 'persona/history',
  memory: 'memory',
  episodic: 'memory/episodic',
  semantic: 'memory/semantic',
  preferences: 'memory/preferences',
  overnight: 'memory/procedural/overnight',
  tasks: 'memory/tasks',
  tasksActive: 'memory/tasks/active',
  tasksCompleted: 'memory/tasks/completed',
  tasksDeleted: 'memory/tasks/deleted',
  inbox: 'memory/inbox',
  inboxArchive: 'memory/inbox/_archive',
  trash: 'memory/trash',
  history: 'memory/history',
  etc: 'etc',
  profile: 'etc/profile.json',
  models: 'etc/models.json',
  training: 'etc/training.json',
  cognitiveMode: 'etc/cognitive-mode.json',
  agents: 'etc/agents.json',
  sleep: 'etc/sleep.json',
  boredom: 'etc/boredom.json',
  ingestor: 'etc/ingestor.json',
  chatHistory: 'etc/history',
  audit: 'logs/audit',
  decisions: 'logs/decisions',
  actions: 'logs/actions',
  usage: 'logs/usage',
  agentRuns: 'logs/agents',
  agentState: 'logs/agents/state.json',
  adapters: 'out/adapters',
  datasets: 'out/datasets',
  temporary: '.tmp'
} as const

export type ProfilePath = keyof typeof PROFILE_LAYOUT

/**
 * Absolute paths inside the current person's profile, resolved at each access: `paths.episodic`, and `paths.root` for the
 * profile itself. There is no path for "somebody else" and none outside a context.
 * @throws NoUserContextError outside a context, AccessDeniedError in the anonymous one, MhError PROFILE_GONE where the account is gone
 */
export const paths: Readonly<Record<ProfilePath | 'root', string>> = new Proxy(
  {} as Record<ProfilePath | 'root', string>,
  {
    get(_target, name) {
      if (typeof name !== 'string') return undefined
      const root = profileFolder(requireUserContext(`The path ${name}`).userId)
      if (name === 'root') return root
      const relative = PROFILE_LAYOUT[name as ProfilePath]
      if (relative === undefined) throw new TypeError(`There is no path ${name} in a profile`)
      return `${root}${sep}${sep === '/' ? relative : relative.replaceAll('/', sep)}`
    }
  }
)
