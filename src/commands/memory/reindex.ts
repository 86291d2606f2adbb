import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {startProgress} from '../../cli/progress.ts'
import {MhError} from '../../core/errors.ts'
import {reindexMemories} from '../../core/memory/statistics.ts'

type Report = Awaited<ReturnType<typeof reindexMemories>>

export default class MemoryReindex extends MhCommand<typeof MemoryReindex> {
  static override summary = 'Look at every memory file again, or build the index anew'
  static override description = 'Only what changed is read. It may be interrupted at any moment; the next look goes on.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --full']
  static override flags = {full: Flags.boolean({summary: 'Build the index anew'})}

  override async execute(): Promise<Report> {
    const stop = new AbortController()
    const onSignal = (): void => stop.abort()
    process.once('SIGINT', onSignal)
    const progress = await startProgress('Looked at', 'files', !this.jsonEnabled())
    try {
      const report = await reindexMemories({full: this.flags.full, onProgress: progress.tell, signal: stop.signal})
      progress.stop()
      this.say(
        `Added ${report.added}, updated ${report.updated}, removed ${report.removed}, unreadable ${report.unreadable.length}`
      )
      return report
    } catch (error) {
      progress.stop()
      throw stop.signal.aborted
        ? new MhError('INTERRUPTED', 'Interrupted; the next look goes on from here', {exitCode: 130})
        : error
    } finally {
      process.off('SIGINT', onSignal)
    }
  }
}
