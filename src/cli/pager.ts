import {readRootConfig} from '../core/config.ts'
import {getUserContext} from '../core/context.ts'
import {readDocument} from '../core/documents.ts'
import {MhError} from '../core/errors.ts'
import {takeSignal} from './signals.ts'

/** How less leaves the screen as it is, shows colours, and ends by itself where the text fits. */
const LESS = 'FRX'

/**
 * Shows a long text by $PAGER, else the pager of the person's settings, else less.
 * @returns whether it was shown: without a pager on this machine it has to be printed
 */
export function page(text: string): boolean {
  const command = process.env.PAGER ?? pagerSetting() ?? 'less'
  // Loaded here: few commands ever need it, and it is slow to load.
  const {spawnSync} = process.getBuiltinModule('node:child_process')
  const giveBack = leaveToPager()
  try {
    const {status, error} = spawnSync(command, {
      shell: true,
      input: `${text}\n`,
      stdio: ['pipe', 'inherit', 'inherit'],
      env: {LESS, ...process.env}
    })
    // Whoever leaves the pager early leaves the rest of the text unread.
    return (error === undefined || (error as NodeJS.ErrnoException).code === 'EPIPE') && status !== NOT_FOUND
  } finally {
    // What came while the pager ran is told to this process only after it.
    setTimeout(giveBack, 100).unref()
  }
}

/** Read here and not through the table of settings, which whoever only prints does not load. */
function pagerSetting(): string | undefined {
  const user = getUserContext()
  if (user === undefined || user.role === 'anonymous') return undefined
  try {
    const pager = readDocument('profile')?.pager ?? readRootConfig().pager
    return typeof pager === 'string' && pager !== '' ? pager : undefined
  } catch (error) {
    // Settings that cannot be read are told by whoever needs them, and hide no result.
    if (error instanceof MhError) return undefined
    throw error
  }
}

/** Ctrl-C is the pager's while it runs, however often. @returns a function that ends that */
function leaveToPager(): () => void {
  let giveBack = takeSignal('SIGINT', again)
  function again(): void {
    giveBack = takeSignal('SIGINT', again)
  }
  return () => giveBack()
}

/** What a shell ends with where the command is not there. */
const NOT_FOUND = 127

/** Whether a pager is wanted for a text on this terminal. */
export function wantsPager(text: string): boolean {
  const {PAGER, TERM, CI} = process.env
  if (PAGER === '' || PAGER === 'cat' || TERM === 'dumb' || CI) return false
  const {rows, columns} = process.stdout
  if (!rows) return false
  const width = columns || 80
  // Lines longer than the terminal is wide take more than one of its own.
  const lines = text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / width)), 0)
  return lines >= rows
}
