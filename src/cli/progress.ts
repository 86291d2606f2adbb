import {atTerminal} from './terminal.ts'

/** A count that rises while a person waits. */
export interface Progress {
  /** @param done how many so far @param total how many there will be, where that is known */
  tell(done: number, total?: number): void
  stop(): void
}

const HIDE_CURSOR = '\u001b[?25l'
const SHOW_CURSOR = '\u001b[?25h'
const SILENT: Progress = {tell: () => {}, stop: () => {}}

/**
 * Shows on stderr how far something is, how many a second, and how long it will take; nothing where nobody looks.
 * @param doing "Looked at" @param what "files" @param wanted false with --json
 */
export async function startProgress(doing: string, what: string, wanted: boolean): Promise<Progress> {
  // A terminal that does not know its width makes the spinner write without end.
  if (!wanted || !atTerminal(2) || !process.stderr.columns) return SILENT
  const {default: ora} = await import('ora')
  // Standard input stays as it is: a terminal in raw mode would send no signal at Ctrl-C.
  const spinner = ora({
    text: doing,
    stream: process.stderr,
    color: process.env.NO_COLOR ? false : 'cyan',
    discardStdin: false,
    // Its own way to give the cursor back listens to signals, and keeps them from ending the process.
    hideCursor: false
  }).start()
  process.stderr.write(HIDE_CURSOR)
  const stop = (): void => {
    process.off('exit', stop)
    spinner.stop()
    process.stderr.write(SHOW_CURSOR)
  }
  // Whatever ends the process, the line and the cursor are given back.
  process.once('exit', stop)
  const start = Date.now()
  return {
    tell(done, total) {
      const seconds = (Date.now() - start) / 1000
      const rate = done / Math.max(seconds, 0.001)
      const of = total === undefined ? '' : ` of ${total}`
      const left = total === undefined || done === 0 ? '' : `, ${Math.ceil((total - done) / rate)} s left`
      spinner.text = `${doing} ${done}${of} ${what}, ${Math.round(rate)} a second${left}`
    },
    stop
  }
}
