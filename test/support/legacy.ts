import {createHash} from 'node:crypto'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import {dirname, join} from 'node:path'

/** What a single-user system left, made as that system wrote it: other ids, times with offsets, and keys that mh does not know. */
export interface LegacyOptions {
  memories?: number
  /** Where cognitive-mode.json lies, and what is in it. */
  mode?: {path: 'persona' | 'etc'; document: Record<string, unknown>}
  /** Whose words it holds: tells two folders apart. */
  who?: string
}

const AUDIT_DAYS = ['2025-11-04', '2025-11-05']
const DAY = 24 * 60 * 60 * 1000
const START = Date.parse('2025-01-01T08:00:00Z')

/** Fills a folder with a single-user system: every kind of file that one had. */
export function makeLegacy(root: string, {memories = 30, mode, who = 'Ada'}: LegacyOptions = {}): void {
  const write = (path: string, content: string | Uint8Array | object): void => {
    mkdirSync(dirname(join(root, path)), {recursive: true})
    const text =
      typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content, null, 2)
    writeFileSync(join(root, path), text)
  }
  write('persona/core.json', {
    version: '1.2',
    lastUpdated: '2025-11-01T10:00:00Z',
    identity: {name: `${who}'s mirror`, role: 'twin', humanName: who, favouriteColour: 'teal'},
    personality: {communicationStyle: {tone: ['dry'], humor: 'sly'}, traits: {openness: 0.9}},
    values: {core: [{value: 'curiosity', description: 'asks', priority: 1}]},
    background: {notKnownToMh: [1, 2, 3]}
  })
  write('persona/relationships.json', {people: [{name: 'Grace', since: 2019}]})
  write('persona/routines.json', {morning: ['coffee']})
  write('persona/decision-rules.json', {rules: []})
  write('persona/facets.json', {
    activeFacet: 'pilot',
    facets: {
      pilot: {name: 'Pilot', description: 'flies', personaFile: 'facets/pilot.json', enabled: true, color: '#fff'}
    }
  })
  write('persona/facets/pilot.json', {identity: {role: 'pilot'}})
  write('persona/notes about me.txt', 'written by hand')
  for (let index = 0; index < memories; index++) {
    const {path, record} = legacyMemory(index, who)
    write(`memory/episodic/${path}`, record)
  }
  write('memory/semantic/facts.json', {facts: ['the boiler is old']})
  write('memory/procedural/overnight/overnight-learnings-20251105.md', '# Learned\n\n- rest\n')
  write('memory/preferences/food.json', {likes: ['figs']})
  write('memory/tasks/active/task-20251104-plumber.json', {
    id: 'task-20251104-plumber',
    title: 'Call the plumber',
    status: 'in_progress',
    priority: 'P1',
    created: '2025-11-04T09:00:00+01:00',
    updated: '2025-11-04T09:00:00+01:00',
    estimate: '2h'
  })
  write('memory/tasks/completed/task-20251101-tax.json', {id: 'task-20251101-tax', title: 'Tax', status: 'done'})
  write('memory/tasks/deleted/task-20251102-gone.json', {id: 'task-20251102-gone', title: 'Gone', status: 'cancelled'})
  write('memory/inbox/todo.txt', 'read me later')
  write('memory/inbox/_archive/2025-11-01/old.md', 'was read')
  write('memory/trash/evt-20251001-trashed.json', {
    id: 'evt-20251001-trashed',
    content: 'x',
    timestamp: '2025-10-01T00:00:00Z'
  })
  write('memory/history/evt-20250101-000000/000001.json', {
    id: 'evt-20250101-000000',
    content: 'before',
    timestamp: '2025-01-01T08:00:00Z'
  })
  write('memory/index/embeddings-nomic.json', {vectors: [[0.1, 0.2]]})
  write('memory/.gitkeep', '')
  mkdirSync(join(root, 'memory/audio/inbox'), {recursive: true})
  write('etc/profile.json', {timezone: 'Europe/Paris', language: 'en', theme: 'dark'})
  write('etc/models.json', {
    globalSettings: {},
    defaults: {persona: 'local'},
    models: {local: {provider: 'ollama', model: 'llama3:8b', roles: ['persona'], options: {temperature: 0.5}}},
    cognitiveModeMappings: {}
  })
  write('etc/training.json', {epochs: 3})
  write('etc/agents.json', {quietHours: null})
  write('etc/sleep.json', {enabled: true, maxDreamsPerNight: 2})
  write('etc/boredom.json', {level: 'low'})
  write('etc/ingestor.json', {chunk: 2000})
  write('etc/audio.json', {whisper: 'base'})
  write('etc/history', 'how was it?\n')
  for (const day of AUDIT_DAYS) write(`logs/audit/${day}.ndjson`, legacyAudit(day, 3))
  write('logs/decisions/2025-11-05.ndjson', `${JSON.stringify({decision: 'wait'})}\n`)
  write('logs/actions/2025-11-05.ndjson', `${JSON.stringify({action: 'ping'})}\n`)
  write('logs/run/scheduler.pid', '999999\n')
  write('out/adapters/2025-11-05/adapter.safetensors', bytes(300_000))
  symlinkSync('2025-11-05', join(root, 'out/adapters/latest'))
  write('out/datasets/2025-11-05.jsonl', `${JSON.stringify({messages: []})}\n`)
  const {path, document} = mode ?? {path: 'etc', document: {currentMode: 'dual', lastChanged: '2025-11-01T00:00:00Z'}}
  write(`${path}/cognitive-mode.json`, document)
  chmodSync(join(root, 'persona/core.json'), 0o640)
}

/** The lines that such a system wrote on a day: no hashes. */
export const legacyAudit = (day: string, count: number): string =>
  Array.from(
    {length: count},
    (_, index) =>
      `${JSON.stringify({timestamp: `${day}T10:00:0${index % 10}.000Z`, level: 'info', category: 'data', event: 'memory_saved', details: {n: index}, actor: 'human'})}\n`
  ).join('')

/** One memory as such a system wrote it, and where: by year, at times by month, at times right below. */
export function legacyMemory(index: number, who: string): {path: string; record: Record<string, unknown>} {
  const at = new Date(START + index * DAY * 0.06).toISOString()
  const id = `evt-${at.slice(0, 10).replaceAll('-', '')}-${String(index).padStart(6, '0')}`
  const folder = index % 3 === 0 ? at.slice(0, 4) : at.slice(0, 7).replace('-', '/')
  const record = {
    id,
    timestamp: at.replace('.000Z', '+00:00'),
    content: `${who} noted number ${index}: the ${WORDS[index % WORDS.length]} was ${WORDS[(index * 7 + 3) % WORDS.length]}`,
    type: index % 5 === 0 ? 'conversation' : 'observation',
    ...(index % 5 === 0 ? {response: 'So it was.'} : {}),
    tags: [WORDS[index % WORDS.length]],
    entities: [],
    importance: (index % 10) / 10,
    links: [],
    metadata: {processed: index % 2 === 0, processedAt: at, model: 'phi3', mood: 'calm', nested: {deep: [index]}},
    validationStatus: 'pending',
    custom: {kept: true, number: index}
  }
  return {path: `${folder}/${id}.json`, record}
}

const WORDS = [
  'garden',
  'boiler',
  'harbour',
  'violin',
  'ladder',
  'kettle',
  'orchard',
  'compass',
  'lantern',
  'river',
  'quarry'
]

/** Bytes that do not compress, the same ones each time. */
const bytes = (length: number): Buffer => {
  const parts: Buffer[] = []
  for (let index = 0; index * 32 < length; index++) parts.push(createHash('sha256').update(`part ${index}`).digest())
  return Buffer.concat(parts).subarray(0, length)
}

/**
 * What lies below a folder: of each file its hash and mode, of each link what it names, of each folder its mode.
 * @param among whether a path (with "/") is looked at; what lies in a folder that is not is left out
 */
export function treeOf(root: string, among: (path: string) => boolean = () => true): Record<string, string> {
  const tree: Record<string, string> = {}
  const look = (folder: string): void => {
    for (const name of readdirSync(join(root, folder)).sort()) {
      const path = folder === '' ? name : `${folder}/${name}`
      if (!among(path)) continue
      const stat = lstatSync(join(root, path))
      const mode = (stat.mode & 0o777).toString(8)
      if (stat.isSymbolicLink()) tree[path] = `link ${readlinkSync(join(root, path))}`
      else if (stat.isDirectory()) {
        tree[path] = `folder ${mode}`
        look(path)
      } else
        tree[path] = `${createHash('sha256')
          .update(readFileSync(join(root, path)))
          .digest('hex')} ${mode}`
    }
  }
  look('')
  return tree
}

/** Whether something belongs to the person of such a system, and not to the system itself, whose trail grows by the day. */
export const isPersonal = (path: string): boolean =>
  /^(?:persona|memory|etc|logs|out)(?:\/|$)/.test(path) &&
  !/^(?:persona\/users\.json|logs\/run)/.test(path) &&
  (!path.startsWith('logs/audit/') || AUDIT_DAYS.some((day) => path.includes(day)))
