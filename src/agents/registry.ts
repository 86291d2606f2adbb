import {notFound} from '../core/errors.ts'
import {alternatives, nearest} from '../core/nearest.ts'
import type {Agent} from './agent.ts'
import {boredomService} from './boredom-service.ts'
import {dreamer} from './dreamer.ts'
import {ingestor} from './ingestor.ts'
import {organizer} from './organizer.ts'
import {ownAgents} from './own-agents.ts'
import {reflector} from './reflector.ts'
import {sleepService} from './sleep-service.ts'

/** The agents that mh brings along, in the order in which a run without names runs them. */
const BUILT_IN: readonly Agent[] = [ingestor, organizer, reflector, dreamer, boredomService, sleepService]

/** All agents, those of mh first and own ones after them by name. Declarations only: what an agent needs it loads when it runs. */
export async function allAgents(): Promise<readonly Agent[]> {
  return [...BUILT_IN, ...(await ownAgents(new Set(BUILT_IN.map(({name}) => name))))]
}

/** The agents of those names, in that order; of a run without names: all that work for a person by themselves. @throws MhError AGENT_NOT_FOUND (exit 3) */
export async function agentsNamed(names?: readonly string[]): Promise<Agent[]> {
  const all = await allAgents()
  if (names === undefined || names.length === 0) return all.filter(({scope}) => scope === 'user')
  return [...new Set(names)].map((name) => {
    const agent = all.find((one) => one.name === name)
    if (agent === undefined) throw agentNotFound(name, all)
    return agent
  })
}

function agentNotFound(name: string, all: readonly Agent[]): Error {
  const near = nearest(
    name,
    all.map((agent) => agent.name)
  )
  return notFound(
    'AGENT_NOT_FOUND',
    `There is no agent ${JSON.stringify(name)}`,
    near.length > 0 ? `Did you mean ${alternatives(near)}?` : 'mh agents list shows which there are'
  )
}
