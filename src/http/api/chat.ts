import type {SSEStreamingApi} from 'hono/streaming'
import {streamSSE} from 'hono/streaming'
import * as z from 'zod'
import {type Conversation, openConversation} from '../../core/chat/conversation.ts'
import {listSessions, showSession} from '../../core/chat/sessions.ts'
import type {Proposal} from '../../core/chat/tools.ts'
import type {HttpContext} from '../environment.ts'
import {problemOf} from '../problem.ts'
import {endpoint} from './endpoint.ts'
import {memoryOf, memoryShape} from './shapes.ts'

export const chatEndpoints = [
  endpoint({
    method: 'get',
    path: '/api/chat',
    summary: 'Your conversations; with a session, its turns, the oldest first',
    query: z.object({session: z.string().optional()}),
    answer: z.union([
      z.object({session: z.string(), startedAt: z.string(), turns: z.array(memoryShape)}),
      z.array(z.object({session: z.string(), startedAt: z.string(), turns: z.number(), title: z.string()}))
    ]),
    async handle({query: {session}}) {
      if (session === undefined) return listSessions(LISTED)
      const {turns, ...shown} = await showSession(session)
      return {...shown, turns: turns.map(memoryOf)}
    }
  }),
  endpoint({
    method: 'post',
    path: '/api/chat',
    summary: 'Ask your persona; the answer is streamed as delta, memories and done, or error',
    body: z.object({
      message: z.string(),
      session: z.string().optional(),
      model: z.string().max(200).optional(),
      facet: z.string().max(100).optional(),
      save: z.boolean().optional().meta({description: 'false keeps nothing'})
    }),
    answer: z.string(),
    answerType: 'text/event-stream',
    async handle({c, body: {message, session, model, facet, save}}) {
      // What is wrong with the question is told before there is a stream.
      const conversation = await openConversation({
        ...(session === undefined ? {} : {session}),
        ...(model === undefined ? {} : {model}),
        ...(facet === undefined ? {} : {facet}),
        ...(save === undefined ? {} : {save})
      })
      return streamAnswer(c, conversation, message)
    }
  })
]

const LISTED = 500

/** Streams one answer. It stops where the client goes away, and where the server ends; what came until then is kept. */
function streamAnswer(c: HttpContext, conversation: Conversation, message: string): Response {
  return streamSSE(c, async (stream) => {
    const stop = new AbortController()
    const end = (): void => stop.abort(c.var.desk.ending.reason)
    stream.onAbort(() => stop.abort())
    c.var.desk.ending.addEventListener('abort', end)
    const work = answer(c, conversation, message, stream, stop.signal)
    // Whoever goes away leaves a turn to be kept: the server does not end before that.
    c.var.desk.later(work)
    try {
      await work
    } finally {
      c.var.desk.ending.removeEventListener('abort', end)
    }
  })
}

async function answer(
  c: HttpContext,
  conversation: Conversation,
  message: string,
  stream: SSEStreamingApi,
  signal: AbortSignal
): Promise<void> {
  const send = (event: string, data: unknown): Promise<void> => stream.writeSSE({event, data: JSON.stringify(data)})
  const proposals: Proposal[] = []
  try {
    const {tools, ...given} = await conversation.ask(message, {
      signal,
      onText: (text) => void send('delta', {text}),
      onMemories: (memories) => void send('memories', memories),
      // Nobody can be asked here: what a tool would do is told, and not done.
      confirm: async (proposal) => {
        proposals.push(proposal)
        return false
      }
    })
    await send('done', {...given, ...(tools === undefined ? {} : {tools}), proposals})
  } catch (error) {
    if (signal.aborted && stream.aborted) return
    const {status, code, message: told, hint} = problemOf(error)
    if (status >= 500 && code === 'INTERNAL_ERROR') c.var.desk.report(error)
    await send('error', {code, message: told, ...(hint === undefined ? {} : {hint})})
  }
}
