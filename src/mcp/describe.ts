import {requireUserContext} from '../core/context.ts'
import {systemPaths} from '../core/system-paths.ts'
import {listTools} from './call-tool.ts'
import {PROMPTS} from './prompts.ts'
import {RESOURCES} from './resources.ts'

export interface McpDescription {
  tools: {name: string; description: string}[]
  resources: {uri: string; description: string}[]
  prompts: {name: string; description: string}[]
  /** The entry for the configuration of a tool that starts servers by a command. */
  mcpServers: Record<string, {command: string; args: string[]; env: Record<string, string>}>
}

/** What the current person's server offers now, and how another tool is told to start it. */
export function describeMcp(readOnly: boolean): McpDescription {
  const {username} = requireUserContext()
  const args = ['mcp', '-u', username, ...(readOnly ? ['--read-only'] : [])]
  return {
    tools: listTools(readOnly).map(({name, description = ''}) => ({name, description})),
    resources: RESOURCES.map(({uri, description = ''}) => ({uri, description})),
    prompts: PROMPTS.map(({name, description = ''}) => ({name, description})),
    mcpServers: {mh: {command: 'mh', args, env: {MH_HOME: systemPaths.root}}}
  }
}
