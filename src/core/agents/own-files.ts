import {lstatSync} from 'node:fs'
import {join} from 'node:path'
import {auditSystem} from '../audit.ts'
import {readRootConfig, writeRootConfig} from '../config.ts'
import {notFound, usageError} from '../errors.ts'
import {namesIn} from '../files.ts'
import {isObject} from '../json.ts'
import {readRegularFile} from '../memory/read-file.ts'
import {sha256} from '../sha256.ts'
import {systemPaths} from '../system-paths.ts'
import {changeAccounts} from '../users/change-accounts.ts'
import {requirePermission} from '../users/permissions.ts'

/** A file of `agents` in the data root. Its code has not been run. */
export interface OwnAgentFile {
  /** The file's name without its ending. */
  name: string
  path: string
  /** The code, as its hash was taken. */
  bytes: Uint8Array
  /** Why it may not run; undefined where an administrator enabled exactly this. */
  blocked?: string
}

/** What an own agent may be called: it stands in commands, settings and records. */
const NAME = /^[a-z][a-z0-9-]{1,31}$/

/** Every own agent, by name, with whether it may run. Files of other names are passed over. */
export const ownAgentFiles = (): OwnAgentFile[] =>
  namesIn(systemPaths.agents)
    .filter((file) => file.endsWith('.js') && NAME.test(file.slice(0, -3)))
    .sort()
    .map((file) => {
      const found = look(file.slice(0, -3))
      return {...found, ...blockedBy(found.refused ?? grantMissing(found))}
    })

/**
 * Lets an own agent run, as its file is now: its hash is remembered, and another file of that name is off. For administrators.
 * @throws MhError AGENT_NOT_FOUND (exit 3), OWN_AGENT_UNSAFE (exit 2), NOT_ALLOWED_FOR_ROLE (exit 4)
 */
export async function grantOwnAgent(name: string): Promise<OwnAgentFile> {
  requirePermission('agent.service')
  const file = NAME.test(name) ? look(name) : undefined
  if (file === undefined || lstatSync(file.path, {throwIfNoEntry: false}) === undefined)
    throw notFound(
      'AGENT_NOT_FOUND',
      `There is no agent ${JSON.stringify(name)}`,
      'mh agents list shows which there are'
    )
  const {refused, ...granted} = file
  if (refused !== undefined)
    throw usageError('OWN_AGENT_UNSAFE', `The agent ${name} cannot be enabled: ${refused}`, `Mend ${file.path}`)
  const hash = sha256(file.bytes)
  await changeAccounts(async (lock) => {
    await writeRootConfig(lock, {[`ownAgents.${name}`]: {sha256: hash}})
    auditSystem(lock, {category: 'security', event: 'own_agent_enabled', details: {agent: name, sha256: hash}})
  })
  return granted
}

function look(name: string): OwnAgentFile & {refused?: string} {
  const path = join(systemPaths.agents, `${name}.js`)
  const read = readRegularFile(path)
  const bytes = 'bytes' in read ? read.bytes : new Uint8Array()
  const refused = 'bytes' in read ? writableByOthers(path) : read.gone ? 'it is gone' : read.reason
  return {name, path, bytes, ...(refused === undefined ? {} : {refused})}
}

/** Whoever may write the file, or exchange it in its folder, would run as whoever runs mh. */
function writableByOthers(path: string): string | undefined {
  if (process.platform === 'win32') return undefined
  for (const [what, place] of [
    ['its file', path],
    ['its folder', systemPaths.agents]
  ] as const) {
    const {mode, uid} = lstatSync(place)
    if ((mode & 0o022) !== 0) return `others may write ${what} (chmod go-w ${place})`
    if (uid !== process.getuid?.() && uid !== 0) return `${what} belongs to another account of the operating system`
  }
  return undefined
}

function grantMissing({name, bytes}: OwnAgentFile): string | undefined {
  const {ownAgents} = readRootConfig()
  const grant = isObject(ownAgents) && Object.hasOwn(ownAgents, name) ? ownAgents[name] : undefined
  if (!isObject(grant)) return 'no administrator has enabled it'
  return grant.sha256 === sha256(bytes) ? undefined : 'its file has changed since an administrator enabled it'
}

const blockedBy = (reason: string | undefined): {blocked?: string} => (reason === undefined ? {} : {blocked: reason})
