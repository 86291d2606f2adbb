import {requireUserContext} from '../core/context.ts'
import {serveSeveralPeople} from '../core/models/keys.ts'
import {everybody, requireUser} from '../core/users/accounts.ts'
import {requireAdministrator, requirePermission} from '../core/users/permissions.ts'
import type {AgentRun} from './run-result.ts'
import {type RunRequest, runAgents} from './runner.ts'

/**
 * Runs agents because the current person asks for it: for themselves, or for everybody, which is for administrators.
 * @throws MhError NOT_ADMINISTRATOR (exit 4), AGENT_NOT_FOUND (exit 3)
 */
export async function askForRun(
  request: Omit<RunRequest, 'users' | 'askedBy'>,
  {everybodys}: {everybodys: boolean}
): Promise<AgentRun[]> {
  const {userId, username} = requireUserContext('Agents')
  requirePermission('read')
  if (!everybodys) return runAgents({...request, users: [await requireUser(username)], askedBy: userId})
  requireAdministrator("Running everybody's agents")
  // One person's key must not be sent to a server that another person named.
  serveSeveralPeople()
  return runAgents({...request, users: await everybody(), askedBy: userId})
}
