import * as z from 'zod'
import {endpoint} from './endpoint.ts'

const run = z.object({
  id: z.string(),
  agent: z.string(),
  users: z.array(z.looseObject({username: z.string(), status: z.string(), processed: z.number(), created: z.number()})),
  durationMs: z.number()
})

export const agentEndpoints = [
  endpoint({
    method: 'get',
    path: '/api/agents',
    summary: 'Agents, whether they work for you, and when',
    answer: z.array(z.looseObject({name: z.string(), description: z.string(), enabled: z.boolean()})),
    handle: async () => (await import('../../agents/list.ts')).listAgents()
  }),
  endpoint({
    method: 'post',
    path: '/api/agents/{name}/run',
    summary: 'Run an agent for you now; the answer comes when it is done',
    answer: z.object({runs: z.array(run)}),
    async handle({c, params}) {
      const {askForRun} = await import('../../agents/ask.ts')
      const request = {agents: [params.name ?? ''], signal: c.var.desk.ending}
      const work = askForRun(request, {everybodys: false})
      // It goes on where whoever asked goes away, until it is done or the server ends.
      c.var.desk.later(work.catch(() => {}))
      return {runs: await work}
    }
  })
]
