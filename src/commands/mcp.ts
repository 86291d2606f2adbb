import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../cli/base-command.ts'
import {atTerminal} from '../cli/terminal.ts'
import type {McpDescription} from '../mcp/describe.ts'

export default class Mcp extends MhCommand<typeof Mcp> {
  static override summary = 'Let other AI tools use your memories, tasks and persona'
  static override description = [
    'Speaks the Model Context Protocol on standard input and output until its input ends: other programs start it. Private memories are',
    'never given. With --json it serves nothing, and tells what it would offer and how other tools are told of it.'
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %> --json',
    '<%= config.bin %> <%= command.id %> --read-only </dev/null',
    "<%= config.bin %> <%= command.id %> -u ada --json | jq '.mcpServers'"
  ]
  static override flags = {'read-only': Flags.boolean({summary: 'Offer nothing that changes something'})}

  override async execute(): Promise<McpDescription | undefined> {
    const readOnly = this.flags['read-only']
    if (this.jsonEnabled()) return (await import('../mcp/describe.ts')).describeMcp(readOnly)
    const [{createMcpServer}, {serveStdio}, {holdIndexesOpen}] = await Promise.all([
      import('../mcp/server.ts'),
      import('../mcp/stdio.ts'),
      import('../core/file-index/held.ts')
    ])
    if (atTerminal(0))
      this.note(
        `Other programs talk with this one; ${this.config.bin} mcp --json tells how they are told of it. Ctrl-C ends it.`
      )
    const closeIndexes = holdIndexesOpen()
    await serveStdio(createMcpServer({readOnly})).finally(closeIndexes)
    return undefined
  }
}
