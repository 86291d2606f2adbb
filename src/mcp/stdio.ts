import type {Readable, Writable} from 'node:stream'
import type {Server} from '@modelcontextprotocol/sdk/server/index.js'
import {StdioServerTransport} from '@modelcontextprotocol/sdk/server/stdio.js'
import {ErrorCode, type JSONRPCMessage, type RequestId} from '@modelcontextprotocol/sdk/types.js'
import {notify} from '../core/notices.ts'

/**
 * Serves one client over two streams, one message a line, until the input ends and every request in it is answered, or nobody reads
 * the output any more. Nothing else may write to the output.
 */
export async function serveStdio(
  server: Server,
  input: Readable = process.stdin,
  output: Writable = process.stdout
): Promise<void> {
  const transport = new StdioServerTransport(input, output)
  const open = new Set<RequestId>()
  let inputEnded = false
  let finish = (): void => {}
  const finished = new Promise<void>((resolve) => {
    finish = resolve
  })
  const look = (): void => {
    if (inputEnded && open.size === 0) finish()
  }
  server.onclose = finish
  server.onerror = (error) => answerMalformed(error, output)
  await server.connect(transport)
  // The transport tells nobody that its input has ended, and the answers to what was asked before are still owed.
  const {onmessage} = transport
  transport.onmessage = (message: JSONRPCMessage) => {
    if ('method' in message && 'id' in message) open.add(message.id)
    // What was called off is not answered.
    if ('method' in message && message.method === 'notifications/cancelled') {
      open.delete(message.params?.requestId as RequestId)
      look()
    }
    onmessage?.(message)
  }
  const send = transport.send.bind(transport)
  transport.send = async (message) => {
    await send(message)
    if (!('method' in message) && message.id !== undefined) open.delete(message.id)
    look()
  }
  input.once('end', () => {
    inputEnded = true
    look()
  })
  output.once('error', finish)
  await finished
  await server.close()
}

/** A line that is no JSON, or no message, is answered as JSON-RPC wants it; the SDK would pass over it in silence. */
function answerMalformed(error: Error, output: Writable): void {
  const answer =
    error instanceof SyntaxError
      ? {code: ErrorCode.ParseError, message: 'Parse error'}
      : /^\$?ZodError$/.test(error.name)
        ? {code: ErrorCode.InvalidRequest, message: 'Invalid Request'}
        : undefined
  if (answer === undefined) notify({code: 'MCP_ERROR', message: `MCP: ${error.message}`})
  else output.write(`${JSON.stringify({jsonrpc: '2.0', id: null, error: answer})}\n`)
}
