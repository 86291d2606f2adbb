import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {basename, join} from 'node:path'
import type {Home} from '../support/home.ts'

/**
 * What is true of a data root, one fact a key: "user|ada" has the role, "ada|memory|<text>" the id, "ada|task|<title>" status and
 * place. Texts and titles are never the same twice in a run, so whatever is doubled shows.
 */
export type Facts = Map<string, string>

/** Of whatever an agent made by itself the text is not known beforehand; it goes by its id. */
const OF_AGENTS = new Set(['reflection', 'reflection_summary', 'dream'])

const FINISHED = new Set(['done', 'cancelled'])

/**
 * Reads them from the files, with code of its own.
 * @throws where a JSON file does not parse, a record is there twice, or accounts and profiles are not the same
 */
export function readFacts({root}: Home): Facts {
  const facts: Facts = new Map()
  const put = (key: string, value: string): void => {
    if (facts.has(key)) throw new Error(`doubled: ${key}`)
    facts.set(key, value)
  }
  for (const path of filesBelow(root, '.json')) if (!path.includes('/.tmp/')) parse(path)
  const {users} = parse(join(root, 'persona/users.json')) as {users: {id: string; username: string; role: string}[]}
  const folders = readdirSync(join(root, 'profiles')).sort()
  const names = users.map(({username}) => username).sort()
  if (folders.join() !== names.join()) throw new Error(`accounts ${names.join()} and profiles ${folders.join()}`)
  for (const {username, role} of users) {
    put(`user|${username}`, role)
    const ids = new Set<string>()
    for (const place of ['memory/episodic', 'memory/trash'])
      for (const path of filesBelow(join(root, 'profiles', username, place), '.json')) {
        const {id, content, type} = parse(path)
        if (ids.has(id)) throw new Error(`doubled: ${id}`)
        ids.add(id)
        put(`${username}|${place.slice('memory/'.length)}|${OF_AGENTS.has(type) ? `made ${id}` : content}`, id)
      }
    for (const place of ['active', 'completed', 'deleted'])
      for (const path of filesBelow(join(root, 'profiles', username, 'memory/tasks', place), '.json')) {
        const {id, title, status} = parse(path)
        // Where finishing it was interrupted, it still lies here until tasks are changed again.
        const lies = place === 'active' && FINISHED.has(status) ? 'completed' : place
        put(`${username}|task|${title}`, `${status} ${lies}`)
        put(`${username}|task id|${title}`, id)
      }
    const document = (name: string) => parse(join(root, 'profiles', username, name))
    put(`${username}|persona`, document('persona/core.json').identity?.role ?? '')
    put(`${username}|facet`, document('persona/facets.json').activeFacet)
    put(`${username}|mode`, document('etc/cognitive-mode.json').currentMode)
    for (const path of filesBelow(join(root, 'profiles', username, 'memory/inbox'), '.txt'))
      put(`${username}|inbox|${basename(path)}`, path.includes('_archive') ? 'archived' : 'waiting')
  }
  return facts
}

/** Lines of everybody's audit trail. */
export function trailLengths({root}: Home): Map<string, number> {
  return new Map(
    readdirSync(join(root, 'profiles')).map((name) => {
      const days = filesBelow(join(root, 'profiles', name, 'logs/audit'), '.ndjson')
      return [name, days.reduce((sum, day) => sum + readFileSync(day, 'utf8').split('\n').length - 1, 0)]
    })
  )
}

export const of = (facts: Facts, prefix: string): [string, string][] =>
  [...facts].filter(([key]) => key.startsWith(prefix))

// biome-ignore lint/suspicious/noExplicitAny: each kind of document has its own shape
function parse(path: string): any {
  const text = readFileSync(path, 'utf8')
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`${path} does not parse (${(error as Error).message}): ${JSON.stringify(text.slice(-80))}`)
  }
}

function filesBelow(folder: string, ending: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name))
}
