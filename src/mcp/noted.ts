import {ErrorCode, McpError} from '@modelcontextprotocol/sdk/types.js'
import {changeProfile} from '../core/change.ts'
import {MhError} from '../core/errors.ts'
import {notify} from '../core/notices.ts'
import {auditRefusal} from '../core/users/refusals.ts'

/**
 * Does what another tool asked for, and notes it in the person's trail: what was asked of which kind by whom, how it ended, and how
 * much was held back; never a text. A refusal goes into the system's trail, too.
 * @param what 'capture', 'resource mh://persona'
 * @param client what the other tool calls itself
 * @throws what `run` throws where that is meant; McpError InternalError for everything else
 */
export async function noted<T extends object>(
  what: string,
  client: string | undefined,
  run: () => Promise<T> | T
): Promise<T> {
  const note = (details: object): Promise<void> =>
    changeProfile(({audit}) =>
      audit({
        category: 'action',
        event: 'mcp_called',
        details: {what, client: client?.slice(0, LONGEST_NAME) ?? null, ...details}
      })
    )
  try {
    const result = await run()
    await note({outcome: 'done', ...('heldBack' in result && result.heldBack !== 0 ? {heldBack: result.heldBack} : {})})
    return result
  } catch (error) {
    if (!(error instanceof MhError)) {
      notify({code: 'MCP_ERROR', message: `MCP: ${what} failed: ${String(error)}`})
      await note({outcome: 'failed', code: 'UNEXPECTED'})
      // What went wrong inside is for whoever runs mh, and not for the other tool.
      throw new McpError(ErrorCode.InternalError, 'This is a mistake in mh')
    }
    if (error.exitCode === REFUSED) await auditRefusal(error, `mcp ${what}`)
    else await note({outcome: 'failed', code: error.code})
    throw error
  }
}

const REFUSED = 4
const LONGEST_NAME = 80
