import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect} from 'vitest'
import type {JobResult} from '../../../src/agents/scheduler/job.ts'
import {type JobLimits, JobProcesses} from '../../../src/agents/scheduler/processes.ts'
import {grantOwnAgent} from '../../../src/core/agents/own-files.ts'
import {enterContext} from '../../../src/core/backend.ts'
import {systemPaths} from '../../../src/core/system-paths.ts'
import {inTemporaryHome} from '../../support/home.ts'
import {itOverFiles} from '../../support/over-files.ts'
import {makePeople} from '../../support/profile.ts'

/** Has an own agent with that body of `run` work in a process of its own. */
async function runsFor(body: string, limits?: JobLimits, ahead = 0): Promise<JobResult> {
  const {ada} = await makePeople('ada')
  mkdirSync(systemPaths.agents, {mode: 0o700})
  const code = `export default {description: 'x', async run({signal}) { ${body} }}`
  writeFileSync(join(systemPaths.agents, 'worker.js'), code, {mode: 0o600})
  await enterContext(ada, () => grantOwnAgent('worker'))
  const processes = new JobProcesses(limits)
  try {
    await processes.start(ahead)
    return await processes.run({agent: 'worker', userId: ada.userId}, new AbortController().signal)
  } finally {
    processes.close()
  }
}

const LIMITS: JobLimits = {longest: 1200, grace: 600}
const tooLong = {status: 'failed', error: 'it took more than 0.02 minutes'}

itOverFiles('an agent that works too long is told to end, and that is its failure', async () => {
  inTemporaryHome()
  const body = "if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve))"
  expect(await runsFor(body, {...LIMITS, grace: 600_000})).toMatchObject(tooLong)
})

itOverFiles('one that does not listen is ended with its process', async () => {
  inTemporaryHome()
  expect(await runsFor('for (;;);', LIMITS)).toMatchObject(tooLong)
})

itOverFiles('one that is quick enough has its own result', async () => {
  inTemporaryHome()
  expect(await runsFor("return {reason: 'it was quick'}")).toMatchObject({status: 'ok', reason: 'it was quick'})
})

itOverFiles('one whose process was started ahead has its own result, too', async () => {
  inTemporaryHome()
  expect(await runsFor("return {reason: 'it was ready'}", undefined, 2)).toMatchObject({reason: 'it was ready'})
})
