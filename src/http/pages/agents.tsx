import {setTimeout as sleep} from 'node:timers/promises'
import type {FC} from 'hono/jsx'
import {askForRun} from '../../agents/ask.ts'
import {disableAgent, enableAgent} from '../../agents/enable.ts'
import {type ListedAgent, listAgents} from '../../agents/list.ts'
import {type RunRecord, runStore} from '../../core/agents/runs.ts'
import {scheduleText} from '../../core/agents/schedule-text.ts'
import {readAgents, setAgentsPaused} from '../../core/agents/settings.ts'
import type {MhError} from '../../core/errors.ts'
import {withoutPlaces} from '../../core/places.ts'
import {readSettings} from '../../core/settings.ts'
import {permits} from '../../core/users/permissions.ts'
import type {HttpContext} from '../environment.ts'
import {Moment} from '../views/moment.tsx'
import {Notice} from '../views/notice.tsx'
import {done} from './done.tsx'
import {readForm} from './form.ts'
import {refused} from './refused.ts'
import {showPage} from './show-page.tsx'

const RUNS = 15
/** A page waits no longer for an agent: it goes on, and how it went is told when it is done. */
const PATIENCE_MS = 20_000

/** The agents, how their last runs went, and buttons to run and switch them. */
export const showAgents = (c: HttpContext): Promise<Response> => agentsPage(c)

/** Runs an agent for the person who asks. */
export async function runAgentFromForm(c: HttpContext): Promise<Response> {
  const started = await refused(async () => {
    const request = {agents: [c.req.param('name') ?? ''], signal: c.var.desk.ending}
    const run = askForRun(request, {everybodys: false})
    c.var.desk.later(run.catch(() => {}))
    return Promise.race([run.then(() => 'ran' as const), sleep(PATIENCE_MS, 'running' as const, {ref: false})])
  })
  return 'error' in started ? agentsPage(c, started.error) : done(c, '/agents', started.value)
}

export async function switchAgentFromForm(c: HttpContext): Promise<Response> {
  const {enabled} = await readForm(c)
  const name = c.req.param('name') ?? ''
  const switched = await refused(() => (enabled === 'yes' ? enableAgent(name) : disableAgent(name)))
  return 'error' in switched ? agentsPage(c, switched.error) : done(c, '/agents', 'changed')
}

export async function pauseAgentsFromForm(c: HttpContext): Promise<Response> {
  const {paused} = await readForm(c)
  const switched = await refused(() => setAgentsPaused(paused === 'yes'))
  return 'error' in switched ? agentsPage(c, switched.error) : done(c, '/agents', 'changed')
}

async function agentsPage(c: HttpContext, error?: MhError): Promise<Response> {
  return showPage(
    c,
    {title: 'Agents', at: '/agents', error},
    <AgentsPage
      agents={await listAgents()}
      last={await runStore().last()}
      runs={await runStore().list(RUNS)}
      paused={readAgents().paused}
    />
  )
}

interface Props {
  agents: readonly ListedAgent[]
  last: Record<string, RunRecord>
  runs: RunRecord[]
  paused: boolean
}

const AgentsPage: FC<Props> = ({agents, last, runs, paused}) => {
  const zone = readSettings().timezone
  const mayChange = permits('agent.settings').allowed
  return (
    <>
      <div class="head">
        <h1>Agents</h1>
        {mayChange ? (
          <form method="post" action="/agents/pause">
            <button class="small" type="submit" name="paused" value={paused ? 'no' : 'yes'}>
              {paused ? 'Let them go on' : 'Pause all'}
            </button>
          </form>
        ) : null}
      </div>
      {paused ? (
        <Notice kind="warn">
          <p>Your agents are paused: nothing runs by itself.</p>
        </Notice>
      ) : null}
      <section class="card" aria-label="Agents">
        <ul class="plain items">
          {agents.map((agent) => (
            <AgentItem agent={agent} last={last[agent.name]} zone={zone} mayChange={mayChange} />
          ))}
        </ul>
      </section>
      <section class="card">
        <h2>Last runs</h2>
        {runs.length === 0 ? <p class="muted">None did anything yet.</p> : null}
        <ul class="plain items">
          {runs.map((run) => (
            <li>
              <p class="row">
                <strong>{run.agent}</strong>
                <Outcome run={run} />
              </p>
              <p class="meta">
                <Moment at={run.startedAt} zone={zone} />
                <span>{countsOf(run)}</span>
                {run.undoneAt === null ? null : <span>taken back</span>}
              </p>
              <Reason run={run} />
            </li>
          ))}
        </ul>
      </section>
    </>
  )
}

interface ItemProps {
  agent: ListedAgent
  last: RunRecord | undefined
  zone: string
  mayChange: boolean
}

const AgentItem: FC<ItemProps> = ({agent, last, zone, mayChange}) => {
  const {name, description, enabled, schedule} = agent
  const address = `/agents/${encodeURIComponent(name)}`
  return (
    <li class="row">
      <div class="grow">
        <p class="row">
          <strong>{name}</strong>
          {enabled ? null : <span class="state">disabled</span>}
        </p>
        <p>{withoutPlaces(description)}</p>
        <p class="meta">
          <span>{scheduleText(schedule)}</span>
          {last === undefined ? (
            <span>never ran</span>
          ) : (
            <>
              <span>
                last <Moment at={last.startedAt} zone={zone} />
              </span>
              <Outcome run={last} />
              <span>{countsOf(last)}</span>
            </>
          )}
        </p>
        {last === undefined ? null : <Reason run={last} />}
      </div>
      <div class="row">
        <form method="post" action={`${address}/run`}>
          <button class="small" type="submit" aria-label={`Run ${name}`}>
            Run
          </button>
        </form>
        {mayChange ? (
          <form method="post" action={`${address}/switch`}>
            <button
              class="small"
              type="submit"
              name="enabled"
              value={enabled ? 'no' : 'yes'}
              aria-label={`${enabled ? 'Disable' : 'Enable'} ${name}`}
            >
              {enabled ? 'Disable' : 'Enable'}
            </button>
          </form>
        ) : null}
      </div>
    </li>
  )
}

const Outcome: FC<{run: RunRecord}> = ({run: {status}}) => <span class={`state ${STATES[status]}`}>{status}</span>

const Reason: FC<{run: RunRecord}> = ({run: {error, reason}}) => {
  const told = error ?? reason
  return told === null ? null : <p class="muted small">{withoutPlaces(told)}</p>
}

const STATES: Record<RunRecord['status'], string> = {
  ok: 'state-good',
  failed: 'state-bad',
  skipped: '',
  running: 'state-active'
}

const countsOf = ({processed, created, failed}: RunRecord): string =>
  [
    ...(processed > 0 ? [`${processed} looked at`] : []),
    ...(created > 0 ? [`${created} made`] : []),
    ...(failed > 0 ? [`${failed} failed`] : [])
  ].join(', ')
