import {WebStandardStreamableHTTPServerTransport} from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import {createMcpServer, type McpOptions} from './server.ts'

/**
 * Answers one request of the Model Context Protocol over streamable HTTP for the current person: whoever calls it has checked the
 * request's token, host and origin, and entered the token's person. Nothing is kept between requests, so there are no sessions and
 * no stream from the server: GET and DELETE are answered 405. A body is read up to 4 MiB (413).
 */
export async function answerMcp(request: Request, options: McpOptions = {}): Promise<Response> {
  if (request.method !== 'POST')
    return Response.json(
      {jsonrpc: '2.0', id: null, error: {code: -32000, message: 'Method not allowed'}},
      {status: 405, headers: {Allow: 'POST'}}
    )
  const server = createMcpServer(options)
  const transport = new WebStandardStreamableHTTPServerTransport({enableJsonResponse: true})
  await server.connect(transport)
  try {
    return await transport.handleRequest(request)
  } finally {
    await server.close()
  }
}
