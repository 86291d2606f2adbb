import {type CallToolResult, ErrorCode, McpError, type Tool} from '@modelcontextprotocol/sdk/types.js'
import * as z from 'zod'
import {MhError, notAllowed} from '../core/errors.ts'
import {readTrust} from '../core/persona/change.ts'
import {withoutPlaces} from '../core/places.ts'
import {permits} from '../core/users/permissions.ts'
import {noted} from './noted.ts'
import {type AnyMcpTool, TOOLS} from './tools.ts'

/** The tools that are offered now: those that change something only where mode, role and trust level let them. */
export function listTools(readOnly: boolean): Tool[] {
  const mayWrite = !readOnly && readTrust() !== 'observe'
  return TOOLS.filter(({writes}) => writes === undefined || (mayWrite && permits(writes).allowed)).map(describe)
}

function describe({name, title, description, schema, writes, overwrites = false}: AnyMcpTool): Tool {
  return {
    name,
    title,
    description,
    inputSchema: z.toJSONSchema(schema, {io: 'input'}) as Tool['inputSchema'],
    annotations: {title, readOnlyHint: writes === undefined, destructiveHint: overwrites, openWorldHint: false}
  }
}

/**
 * Calls a tool. Wrong arguments, refusals and what is not there are answered as the tool's own failure, which the other tool's model
 * is told and may mend.
 * @throws McpError InvalidParams for a tool that does not exist
 */
export async function callTool(
  name: string,
  input: unknown,
  {readOnly, client}: {readOnly: boolean; client: string | undefined}
): Promise<CallToolResult> {
  const tool = TOOLS.find((one) => one.name === name)
  if (tool === undefined) throw new McpError(ErrorCode.InvalidParams, `There is no tool ${name.slice(0, 100)}`)
  const parsed = tool.schema.safeParse(input)
  if (!parsed.success) return failed(`Wrong arguments for ${name}: ${reasonsOf(parsed.error)}`)
  try {
    const result = await noted(name, client, () => {
      if (tool.writes !== undefined) requireWriting(readOnly)
      return tool.run(parsed.data)
    })
    return {content: [{type: 'text', text: JSON.stringify(result)}], structuredContent: result}
  } catch (error) {
    return failedCall(error)
  }
}

/** The answer to a call that failed. @throws what is no MhError */
export function failedCall(error: unknown): CallToolResult {
  if (error instanceof MhError) return failed(told(error))
  throw error
}

/** What mode and role forbid, the tool's own work refuses. @throws MhError READ_ONLY (exit 4) */
function requireWriting(readOnly: boolean): void {
  if (readOnly) throw notAllowed('READ_ONLY', 'This server was started to be read from only')
  if (readTrust() === 'observe')
    throw notAllowed('READ_ONLY', 'The trust level is observe: other tools only read', 'mh persona trust suggest')
}

const failed = (message: string): CallToolResult => ({content: [{type: 'text', text: message}], isError: true})

/** An error as another tool is told of it: where things lie on this machine is none of its business. */
export const told = ({message, hint}: MhError): string =>
  withoutPlaces(`${message}${hint === undefined ? '' : `. ${hint}`}`)

const reasonsOf = (error: z.ZodError): string =>
  error.issues.map(({path, message}) => (path.length === 0 ? message : `${path.join('.')}: ${message}`)).join('; ')
