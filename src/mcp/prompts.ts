import {ErrorCode, type GetPromptResult, McpError, type Prompt} from '@modelcontextprotocol/sdk/types.js'
import {MhError} from '../core/errors.ts'
import {told} from './call-tool.ts'
import {tellPersona} from './given.ts'
import {noted} from './noted.ts'

const PERSONA = 'persona'

export const PROMPTS: Prompt[] = [
  {
    name: PERSONA,
    title: 'Be my persona',
    description: 'Lets the model answer as the persona does',
    arguments: [{name: 'facet', description: 'A side of the persona; the active one where it is missing'}]
  }
]

/** @throws McpError InvalidParams for a prompt or a facet that is not there */
export async function getPrompt(
  name: string,
  {facet}: Record<string, string>,
  client: string | undefined
): Promise<GetPromptResult> {
  if (name !== PERSONA) throw new McpError(ErrorCode.InvalidParams, `There is no prompt ${name.slice(0, 100)}`)
  try {
    const {prompt} = await noted(`prompt ${name}`, client, () => ({...tellPersona(facet || undefined)}))
    const text = `${prompt}\n\nSearch my memories (search_memories) before you answer about my life or past, and make none up.`
    return {description: 'The persona', messages: [{role: 'user', content: {type: 'text', text}}]}
  } catch (error) {
    if (error instanceof MhError) throw new McpError(ErrorCode.InvalidParams, told(error))
    throw error
  }
}
