import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {plural} from '../../cli/plural.ts'
import {startProgress} from '../../cli/progress.ts'
import {takeSignal} from '../../cli/signals.ts'
import {MhError} from '../../core/errors.ts'
import {embedMemories, reindexMemories} from '../../core/memory/statistics.ts'

type Report = Awaited<ReturnType<typeof reindexMemories>> & {embedded?: number}

export default class MemoryReindex extends MhCommand<typeof MemoryReindex> {
  static override summary = 'Look at every memory file again, or build the index anew'
  static override description =
    'Only what changed is read, and where an embedding model is set, what has no vector gets one. It may be interrupted at any moment; the next look goes on.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --full']
  static override flags = {full: Flags.boolean({summary: 'Build the index anew'})}

  override async execute(): Promise<Report> {
    const stop = new AbortController()
    const giveBack = takeSignal('SIGINT', () => stop.abort())
    let progress = await startProgress('Looked at', 'files', !this.jsonEnabled())
    try {
      const report = await reindexMemories({full: this.flags.full, onProgress: progress.tell, signal: stop.signal})
      progress.stop()
      this.say(
        `Added ${report.added}, updated ${report.updated}, removed ${report.removed}, unreadable ${report.unreadable.length}`
      )
      progress = await startProgress('Gave vectors to', 'memories', !this.jsonEnabled())
      const embedded = await embedMemories({onProgress: progress.tell, signal: stop.signal})
      progress.stop()
      if (embedded === undefined) return report
      this.say(`Gave vectors to ${plural(embedded, 'memory', 'memories')}`)
      return {...report, embedded}
    } catch (error) {
      progress.stop()
      throw stop.signal.aborted
        ? new MhError('INTERRUPTED', 'Interrupted; the next look goes on from here', {exitCode: 130})
        : error
    } finally {
      giveBack()
    }
  }
}
