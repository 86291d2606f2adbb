import {grantOwnAgent} from '../core/agents/own-files.ts'
import {setAgentEnabled} from '../core/agents/settings.ts'
import {requirePermission} from '../core/users/permissions.ts'
import {agentsNamed} from './registry.ts'

/**
 * Lets an agent work for the current person. One of the data root's own that may run for nobody yet is granted first, which is for
 * administrators: then it runs for everybody who does not disable it.
 * @throws MhError AGENT_NOT_FOUND (exit 3), NOT_ALLOWED_IN_MODE, NOT_ALLOWED_FOR_ROLE (exit 4), OWN_AGENT_UNSAFE (exit 2)
 */
export async function enableAgent(name: string): Promise<void> {
  requirePermission('agent.settings')
  const [agent] = await agentsNamed([name])
  if (agent?.blocked !== undefined) await grantOwnAgent(name)
  await setAgentEnabled(name, true)
}

/** Keeps an agent from working for the current person. @throws MhError AGENT_NOT_FOUND (exit 3), NOT_ALLOWED_IN_MODE, NOT_ALLOWED_FOR_ROLE (exit 4) */
export async function disableAgent(name: string): Promise<void> {
  requirePermission('agent.settings')
  await agentsNamed([name])
  await setAgentEnabled(name, false)
}
