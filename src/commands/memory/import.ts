import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {interruptible} from '../../cli/interruptible.ts'
import {plural} from '../../cli/plural.ts'
import {startProgress} from '../../cli/progress.ts'
import {usageError} from '../../core/errors.ts'
import {IMPORT_FORMATS} from '../../core/memory/importers/formats.ts'
import type {ImportResult} from '../../core/memory/importers/import.ts'

export default class MemoryImport extends MhCommand<typeof MemoryImport> {
  static override summary = 'Import notes, conversations and exported memories'
  static override description = [
    'Reads folders of Markdown or text (Obsidian too), the exports of ChatGPT and Claude (conversations.json, or the zip as it',
    'came), JSON lines, and the memory folder of MetaHuman OS; "-" is standard input. Running it twice adds nothing twice.'
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %> ~/notes',
    '<%= config.bin %> <%= command.id %> chatgpt-export.zip --dry-run',
    '<%= config.bin %> memory export -u ada | <%= config.bin %> <%= command.id %> -u bob -'
  ]
  static override strict = false
  static override args = {
    path: Args.string({ignoreStdin: true, description: 'a file, a folder, a zip, or "-"; may be repeated'})
  }
  static override flags = {
    format: Flags.option({
      options: ['auto', ...IMPORT_FORMATS] as const,
      default: 'auto' as const,
      summary: 'What it is; auto looks',
      helpValue: '<format>'
    })(),
    'dry-run': Flags.boolean({summary: 'Read everything and write nothing'})
  }

  override async execute(): Promise<ImportResult> {
    if (this.words.length === 0)
      throw usageError('PATH_MISSING', 'Nothing says what to import', 'mh memory import ~/notes')
    const {format, 'dry-run': dryRun} = this.flags
    const {importMemories} = await import('../../core/memory/importers/import.ts')
    const progress = await startProgress(dryRun ? 'Read' : 'Imported', 'records', !this.jsonEnabled())
    const onProgress = (records: number, fraction: number): void =>
      progress.tell(records, fraction > 0 ? Math.round(records / fraction) : undefined)
    try {
      const result = await interruptible((signal) =>
        importMemories(this.words, {
          ...(format === 'auto' ? {} : {format}),
          dryRun,
          onProgress,
          signal
        })
      )
      progress.stop()
      this.tell(result)
      return result
    } finally {
      progress.stop()
    }
  }

  private tell({imported, skipped, failed, inTrash, leftOut}: ImportResult): void {
    const done = this.flags['dry-run'] ? 'Would import' : 'Imported'
    this.say(`${done} ${imported}, skipped ${skipped}, failed ${failed.length}`)
    for (const {source, reason} of failed) this.note(`${source}: ${reason}`)
    if (inTrash > 0) this.note(`${plural(inTrash, 'memory that was', 'memories that were')} skipped: in the trash`)
    const kinds = Object.entries(leftOut).map(([kind, count]) => `${count} ${kind}`)
    if (kinds.length > 0) this.note(`Left out, because they are no notes: ${kinds.join(', ')}`)
    if (failed.length > 0) this.failed()
  }
}
