import type {Command} from '@oclif/core/command'
import {type Candidate, type Kind, valuesOf} from './complete-values.ts'

/** What of oclif's configuration completion looks at. */
export interface Known {
  commands: readonly Command.Loadable[]
  topics: readonly {name: string; description?: string | undefined; hidden?: boolean | undefined}[]
}

/** What may stand in the place of the last word. */
export type Wanted = {candidates: Candidate[]} | {kind: Kind; group: string}

/**
 * What a shell may put in the place of the last of `words` (what stands on the line after "mh"; the last one may be empty).
 * Values that have to be looked up are looked up as the current person.
 */
export async function complete(words: readonly string[], known: Known): Promise<Candidate[]> {
  const typed = words.at(-1) ?? ''
  const wanted = expected(words.slice(0, -1), typed, known)
  const candidates = 'candidates' in wanted ? wanted.candidates : await valuesOf(wanted.kind, wanted.group)
  return candidates.filter(({value}) => value.startsWith(typed))
}

/** What the word after `before` can be. A pure function of the words and the commands that there are. */
export function expected(before: readonly string[], typed: string, {commands, topics}: Known): Wanted {
  const visible = commands.filter(({hidden}) => !hidden)
  const plain = withoutFlags(before, visible)
  const command = longest(plain.words, visible)
  const flags: Record<string, CommandFlag> = {...command?.flags, ...GLOBAL}
  const group = command?.id.split(':')[0] ?? ''
  const last = before.at(-1) ?? ''
  const waiting = plain.ended ? undefined : flagOf(last, flags)
  if (waiting !== undefined && waiting.type === 'option') return wantedFor(waiting.name, waiting.options, group)
  if (typed.startsWith('-') && !plain.ended) {
    const names = Object.values(flags).filter(
      ({name, multiple, hidden}) => !hidden && (multiple || !before.includes(`--${name}`))
    )
    return {candidates: names.map(({name, summary = ''}) => ({value: `--${name}`, about: summary}))}
  }
  const names = namesAfter(plain.words, visible, topics)
  if (command === undefined || (names.length > 0 && command.id.split(':').length === plain.words.length)) {
    if (names.length > 0) return {candidates: names}
    if (command === undefined) return {candidates: []}
  }
  if (command.id === 'help') return {candidates: namesAfter(plain.words.slice(1), visible, topics)}
  const args = Object.values(command.args)
  const arg =
    args[plain.words.length - command.id.split(':').length] ?? (command.strict === false ? args.at(-1) : undefined)
  return arg === undefined ? {candidates: []} : wantedFor(arg.name, arg.options, group, command.id)
}

/** Flags of every command, for words that name none yet. */
const GLOBAL: Record<string, CommandFlag> = {
  user: {name: 'user', char: 'u', type: 'option', summary: 'Be this person for this command'},
  json: {name: 'json', type: 'boolean', summary: 'Format output as json.'},
  help: {name: 'help', type: 'boolean', summary: 'Explain the command'}
}

interface CommandFlag {
  name: string
  type: 'boolean' | 'option'
  char?: string | undefined
  summary?: string | undefined
  options?: readonly string[] | undefined
  multiple?: boolean | undefined
  hidden?: boolean | undefined
}

/** The words that are neither flags nor their values; `ended` where "--" stood among them. */
function withoutFlags(
  before: readonly string[],
  commands: readonly Command.Loadable[]
): {words: string[]; ended: boolean} {
  const words: string[] = []
  for (let at = 0; at < before.length; at++) {
    const word = before[at] ?? ''
    if (word === '--') return {words: [...words, ...before.slice(at + 1)], ended: true}
    if (!word.startsWith('-') || word === '-') words.push(word)
    else if (flagOf(word, {...longest(words, commands)?.flags, ...GLOBAL})?.type === 'option') at++
  }
  return {words, ended: false}
}

/** The flag that a word names and whose value would be the next word. */
function flagOf(word: string, flags: Record<string, CommandFlag>): CommandFlag | undefined {
  if (word.startsWith('--')) return word.includes('=') ? undefined : flags[word.slice(2)]
  return /^-[^-]$/.test(word) ? Object.values(flags).find(({char}) => char === word.slice(1)) : undefined
}

/** The command that the words begin with, the longest of its kind. */
function longest(words: readonly string[], commands: readonly Command.Loadable[]): Command.Loadable | undefined {
  for (let length = words.length; length > 0; length--) {
    const id = words.slice(0, length).join(':')
    const found = commands.find((command) => command.id === id)
    if (found !== undefined) return found
  }
  return undefined
}

/** Names of commands and topics that can follow the words. */
function namesAfter(
  words: readonly string[],
  commands: readonly Command.Loadable[],
  topics: Known['topics']
): Candidate[] {
  const prefix = words.map((word) => `${word}:`).join('')
  const names = new Map<string, string>()
  const add = (id: string, about: string): void => {
    const [name = '', ...more] = id.startsWith(prefix) ? id.slice(prefix.length).split(':') : []
    if (name !== '' && (more.length === 0 || !names.has(name))) names.set(name, more.length === 0 ? about : '')
  }
  for (const {id, summary = ''} of commands) add(id, summary)
  for (const {name, description = '', hidden} of topics) if (!hidden && name.startsWith(prefix)) add(name, description)
  return [...names].map(([value, about]) => ({value, about})).sort((a, b) => (a.value < b.value ? -1 : 1))
}

function wantedFor(name: string, options: readonly string[] | undefined, group: string, id = ''): Wanted {
  if (options !== undefined) return {candidates: options.map((value) => ({value, about: ''}))}
  const kind =
    KINDS[id.endsWith(':restore') ? `restored-${name}` : name] ??
    (group === 'facet' && name === 'name' ? 'facets' : undefined)
  return kind === undefined ? {candidates: []} : {kind, group}
}

/** What the values of flags and arguments of these names are. */
const KINDS: Record<string, Kind> = {
  user: 'usernames',
  username: 'usernames',
  old: 'usernames',
  for: 'usernames',
  id: 'ids',
  depends: 'ids',
  'restored-id': 'deleted ids',
  tag: 'tags',
  'add-tag': 'tags',
  'remove-tag': 'tags',
  type: 'types',
  facet: 'facets',
  model: 'models',
  agent: 'agents',
  run: 'runs'
}
