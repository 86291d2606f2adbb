import {type OwnAgentFile, ownAgentFiles} from '../core/agents/own-files.ts'
import {readSchedule} from '../core/agents/settings.ts'
import {errno, MhError} from '../core/errors.ts'
import {isObject} from '../core/json.ts'
import {MODEL_ROLES} from '../core/models/registry.ts'
import type {Agent} from './agent.ts'

/**
 * The agents of the data root's own, by name. The code of one that may not run is not even loaded: it is listed with the reason.
 * @param taken names that are mh's own agents'
 */
export async function ownAgents(taken: ReadonlySet<string>): Promise<Agent[]> {
  const agents: Agent[] = []
  for (const file of ownAgentFiles()) {
    if (taken.has(file.name)) agents.push(blocked(file.name, "it has the name of one of mh's own agents"))
    else if (file.blocked !== undefined) agents.push(blocked(file.name, file.blocked))
    else agents.push(await loadOwnAgent(file).catch((error: Error) => blocked(file.name, error.message)))
  }
  return agents
}

/**
 * Runs the code of an own agent's file, the very bytes whose hash was taken, and reads its declaration.
 * @throws MhError OWN_AGENT_INVALID where it is none
 */
export async function loadOwnAgent({name, bytes}: OwnAgentFile): Promise<Agent> {
  let module: OwnModule
  try {
    module = await importModule(`data:text/javascript;base64,${Buffer.from(bytes).toString('base64')}`)
  } catch (error) {
    throw invalid(name, `it cannot be loaded: ${(error as Error).message}`)
  }
  return declared(name, module.default)
}

/**
 * The build turns import() into a require, which knows no addresses; one in a function that is made from a text stays. From an address
 * that is the code itself no other file can be imported but what Node brings along, so that the hash covers all that runs.
 */
const importFromText = new Function('address', 'return import(address)') as (address: string) => Promise<OwnModule>

interface OwnModule {
  default?: unknown
}

async function importModule(address: string): Promise<OwnModule> {
  try {
    return await importFromText(address)
  } catch (error) {
    // Where sources are evaluated and not loaded, as a test runner does it, only a plain import() works.
    if (errno(error) !== 'ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING') throw error
    return import(address)
  }
}

function declared(name: string, value: unknown): Agent {
  if (!isObject(value)) throw invalid(name, 'its default export is no object')
  const {name: said = name, description, scope = 'user', schedule, proactive = true, role = 'curator', run} = value
  const when = schedule === undefined ? DAILY : readSchedule(schedule)
  const turn = typeof run === 'function' ? (run as Agent['run']).bind(value) : undefined
  const known = MODEL_ROLES.find((one) => one === role)
  if (said !== name) throw invalid(name, `it calls itself ${JSON.stringify(said)}, and its file ${name}.js`)
  if (typeof description !== 'string' || description.trim() === '') throw invalid(name, 'it has no description')
  if (scope !== 'user' && scope !== 'system') throw invalid(name, 'its scope is neither user nor system')
  if (when === undefined) throw invalid(name, 'its schedule is none that mh knows')
  if (typeof proactive !== 'boolean') throw invalid(name, 'proactive is neither true nor false')
  if (known === undefined) throw invalid(name, `its role is none of ${MODEL_ROLES.join(', ')}`)
  if (turn === undefined) throw invalid(name, 'it has no function run')
  return {
    name,
    description: description.trim(),
    scope,
    schedule: when,
    proactive,
    role: known,
    async run(context) {
      const outcome: unknown = await turn(context)
      return isObject(outcome) && typeof outcome.reason === 'string' ? {reason: outcome.reason} : undefined
    }
  }
}

const DAILY = {type: 'timeOfDay', at: '04:00'} as const

/** What stands for an agent that may not run. */
const blocked = (name: string, reason: string): Agent => ({
  name,
  description: `Your own agent, off: ${reason}`,
  scope: 'user',
  schedule: DAILY,
  proactive: true,
  role: 'curator',
  blocked: reason,
  run: async () => ({reason})
})

const invalid = (name: string, reason: string): MhError =>
  new MhError('OWN_AGENT_INVALID', `The own agent ${name} cannot be used: ${reason}`)
