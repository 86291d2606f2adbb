import {resolve} from 'node:path'
import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {interruptible} from '../../cli/interruptible.ts'
import {filterFlags} from '../../cli/memory-flags.ts'
import {plural} from '../../cli/plural.ts'
import {startProgress} from '../../cli/progress.ts'
import {OutputStream} from '../../cli/standard-output.ts'
import {usageError} from '../../core/errors.ts'
import {EXPORT_FORMATS} from '../../core/memory/exporters/formats.ts'
import type {MemoryFilter} from '../../core/memory/memories.ts'
import {readFilter} from '../../core/memory/read-filter.ts'

export default class MemoryExport extends MhCommand<typeof MemoryExport> {
  static override summary = 'Export memories as JSON lines or Markdown'
  static override description = [
    'JSON lines go to standard output or a file, whole records, newest first. Markdown goes to a folder, one file a memory with',
    'front matter, or to standard output to be read. Importing either gives equal memories. A file that is there is replaced when',
    'the export is whole; a folder has to be new or empty. With --json and no --output the memories are printed as one JSON array.'
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %> -o memories.jsonl',
    '<%= config.bin %> <%= command.id %> --format markdown -o notes --tag house',
    "<%= config.bin %> <%= command.id %> --since 2026-01-01 | jq -r '.content'"
  ]
  static override flags = {
    format: Flags.option({
      options: EXPORT_FORMATS,
      default: 'jsonl' as const,
      summary: 'JSON lines, or Markdown with front matter',
      helpValue: '<format>'
    })(),
    output: Flags.string({char: 'o', summary: 'Write to this file or folder', helpValue: '<path>'}),
    ...filterFlags
  }

  override async execute(): Promise<{exported: number; path: string} | undefined> {
    const {format, output} = this.flags
    const filter = await readFilter(this.flags)
    if (output === undefined) return this.stream(filter)
    const {exportTo} = await import('../../core/memory/exporters/export.ts')
    const progress = await startProgress('Exported', 'memories', !this.jsonEnabled())
    try {
      const exported = await interruptible((signal) =>
        exportTo(output, {format, filter, onProgress: progress.tell, signal})
      )
      progress.stop()
      this.say(`Exported ${plural(exported, 'memory', 'memories')} to ${output}`)
      return {exported, path: resolve(output)}
    } finally {
      progress.stop()
    }
  }

  private async stream(filter: MemoryFilter): Promise<undefined> {
    const {format} = this.flags
    const {exportMemories, exportText} = await import('../../core/memory/exporters/export.ts')
    const output = new OutputStream()
    if (!this.jsonEnabled()) {
      await exportMemories((event) => output.write(exportText(event, format)), {format, filter})
      await output.flush()
      return
    }
    if (format !== 'jsonl')
      throw usageError('MARKDOWN_IS_NO_JSON', 'Markdown cannot be printed as JSON', 'Name a folder: --output')
    let between = '['
    await exportMemories(
      (event) => {
        const text = `${between}${JSON.stringify(event)}`
        between = ',\n'
        return output.write(text)
      },
      {format, filter}
    )
    await output.write(between === '[' ? '[]\n' : ']\n')
    await output.flush()
  }
}
