import {createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo, Socket} from 'node:net'
import {setTimeout as sleep} from 'node:timers/promises'

/** A request as the server got it. */
export interface ReceivedRequest {
  method: string
  path: string
  headers: IncomingHttpHeaders
  body: ChatBody
}

/** The part of a chat request that tests look at. */
export interface ChatBody {
  model: string
  stream?: boolean
  messages: {role: string; content: string}[]
  [key: string]: unknown
}

/** What the server does with one chat or embedding request. */
export interface Behaviour {
  /** The answer, or what it is made of. */
  reply?: string | ((body: ChatBody) => string)
  /** Calls these tools in place of an answer. */
  toolCalls?: {name: string; input: unknown}[]
  /** Says nothing of how many tokens were used. */
  noUsage?: true
  /** An error in place of an answer. */
  status?: number
  /** Body of the error; OpenAI's form is `{error: {message}}`. */
  error?: unknown
  headers?: Record<string, string>
  /** Waits before anything is sent. */
  delayMs?: number
  /** Sends nothing before this is done. */
  after?: Promise<unknown>
  /** Waits between two pieces of the answer. */
  pauseMs?: number
  /** Cuts the connection after so many pieces. */
  cutAfter?: number
  /** Says in a stream that has begun that it failed. */
  failInStream?: string
  /** Ends a stream without saying why it ends. */
  noFinish?: true
  /** Sends the request on to this address. */
  redirect?: string
  embedding?: (text: string) => number[]
}

export interface ModelServer {
  /** With /v1, as models.json wants it. */
  baseURL: string
  /** Every request to the API, in order. */
  requests: ReceivedRequest[]
  /** Only those that ask for an answer. */
  readonly chats: ReceivedRequest[]
  /** What is done from now on; of a list, one after another, the last of them for ever. */
  behave(behaviour: Behaviour | Behaviour[]): void
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** A real HTTP server on this machine that speaks OpenAI's protocol. @param models the names that it says it has */
export async function startModelServer(
  models: string[] = ['llama3:8b', 'qwen3:4b'],
  first: Behaviour = {}
): Promise<ModelServer> {
  const requests: ReceivedRequest[] = []
  const sockets = new Set<Socket>()
  let script: Behaviour[] = [first]
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.destroy(error as Error))
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await textOf(request)
    const body = (text === '' ? {} : JSON.parse(text)) as ChatBody
    const path = request.url ?? ''
    requests.push({method: request.method ?? '', path, headers: request.headers, body})
    if (path === '/v1/models')
      return json(response, 200, {object: 'list', data: models.map((id) => ({id, object: 'model'}))})
    const behaviour = (script.length > 1 ? script.shift() : script[0]) ?? {}
    await sleep(behaviour.delayMs ?? 0)
    await behaviour.after
    if (behaviour.redirect !== undefined) return end(response.writeHead(307, {location: behaviour.redirect}))
    if (behaviour.status !== undefined)
      return json(
        response,
        behaviour.status,
        behaviour.error ?? {error: {message: `status ${behaviour.status}`}},
        behaviour.headers
      )
    if (path === '/v1/embeddings') return json(response, 200, embeddings(body, behaviour))
    if (path !== '/v1/chat/completions') return json(response, 404, {error: {message: `no ${path} here`}})
    if (!models.includes(body.model)) return json(response, 404, {error: {message: `model '${body.model}' not found`}})
    const reply =
      typeof behaviour.reply === 'function' ? behaviour.reply(body) : (behaviour.reply ?? 'Hello from the model.')
    if (behaviour.toolCalls !== undefined && body.tools !== undefined)
      return streamToolCalls(response, body, behaviour.toolCalls)
    if (body.stream) return stream(response, body, reply, behaviour)
    return json(response, 200, {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 0,
      model: body.model,
      choices: [{index: 0, message: {role: 'assistant', content: reply}, finish_reason: 'stop'}],
      usage: usage(body, reply)
    })
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return {
    baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    get chats() {
      return requests.filter(({path}) => path === '/v1/chat/completions')
    },
    behave(behaviour) {
      script = Array.isArray(behaviour) ? [...behaviour] : [behaviour]
    },
    close,
    [Symbol.asyncDispose]: close
  }
}

async function stream(
  response: ServerResponse,
  body: ChatBody,
  reply: string,
  {pauseMs = 0, cutAfter, failInStream, noFinish, noUsage}: Behaviour
): Promise<void> {
  response.writeHead(200, {'content-type': 'text/event-stream'})
  const chunk = (delta: object, finish: string | null, extra: object = {}): void => {
    const choices = [{index: 0, delta, finish_reason: finish}]
    response.write(
      `data: ${JSON.stringify({id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 0, model: body.model, choices, ...extra})}\n\n`
    )
  }
  if (failInStream !== undefined) {
    response.end(`data: ${JSON.stringify({error: {message: failInStream}})}\n\n`)
    return
  }
  const pieces = reply.match(/\S+\s*/g) ?? []
  for (const [index, piece] of pieces.entries()) {
    if (index === cutAfter) {
      // The pieces before have to leave first.
      await sleep(20)
      response.destroy()
      return
    }
    if (index > 0) await sleep(pauseMs)
    // Whoever went away hears no more, and a long answer would keep this process alive for as long as it takes.
    if (response.destroyed) return
    chunk(index === 0 ? {role: 'assistant', content: piece} : {content: piece}, null)
  }
  if (!noFinish) {
    chunk({}, 'stop', noUsage ? {} : {usage: usage(body, reply)})
    response.write('data: [DONE]\n\n')
  }
  response.end()
}

function streamToolCalls(response: ServerResponse, body: ChatBody, calls: {name: string; input: unknown}[]): void {
  const toolCalls = calls.map(({name, input}, index) => ({
    index,
    id: `call-${index}`,
    type: 'function',
    function: {name, arguments: JSON.stringify(input)}
  }))
  const chunk = (delta: object, finish: string | null): string =>
    `data: ${JSON.stringify({id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 0, model: body.model, choices: [{index: 0, delta, finish_reason: finish}], usage: finish === null ? undefined : usage(body, '')})}\n\n`
  response.writeHead(200, {'content-type': 'text/event-stream'})
  response.end(`${chunk({role: 'assistant', tool_calls: toolCalls}, null)}${chunk({}, 'tool_calls')}data: [DONE]\n\n`)
}

function embeddings(body: ChatBody, {embedding = (text) => [text.length, 1]}: Behaviour): object {
  const input = body.input as string | string[]
  const texts = typeof input === 'string' ? [input] : input
  return {
    object: 'list',
    model: body.model,
    data: texts.map((text, index) => ({object: 'embedding', index, embedding: embedding(text)})),
    usage: {prompt_tokens: texts.length, total_tokens: texts.length}
  }
}

function usage({messages}: ChatBody, reply: string): object {
  // A call of tools has no text.
  const words = (text: string | null): number => (text ?? '').split(/\s+/).length
  const prompt = messages.reduce((sum, {content}) => sum + words(content), 0)
  return {prompt_tokens: prompt, completion_tokens: words(reply), total_tokens: prompt + words(reply)}
}

function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, {'content-type': 'application/json', ...headers}).end(JSON.stringify(body))
}

const end = (response: ServerResponse): void => {
  response.end()
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks).toString('utf8')
}
