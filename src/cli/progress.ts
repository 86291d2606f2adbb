import {atTerminal} from './terminal.ts'

/** A count that rises while a person waits. */
export interface Progress {
  /** @param done how many so far @param total how many there will be, where that is known */
  tell(done: number, total?: number): void
  stop(): void
}

const SILENT: Progress = {tell: () => {}, stop: () => {}}

/**
 * Shows on stderr how far something is, how many a second, and how long it will take; nothing where nobody looks.
 * @param doing "Looked at" @param what "files" @param wanted false with --json
 */
export async function startProgress(doing: string, what: string, wanted: boolean): Promise<Progress> {
  if (!wanted || !atTerminal(2)) return SILENT
  const {default: ora} = await import('ora')
  const spinner = ora({text: doing, stream: process.stderr}).start()
  const start = Date.now()
  return {
    tell(done, total) {
      const seconds = (Date.now() - start) / 1000
      const rate = done / Math.max(seconds, 0.001)
      const of = total === undefined ? '' : ` of ${total}`
      const left = total === undefined || done === 0 ? '' : `, ${Math.ceil((total - done) / rate)} s left`
      spinner.text = `${doing} ${done}${of} ${what}, ${Math.round(rate)} a second${left}`
    },
    stop() {
      spinner.stop()
    }
  }
}
