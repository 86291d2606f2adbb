import {existsSync} from 'node:fs'
import type {Interfaces} from '@oclif/core'
import {Command} from '@oclif/core/command'
import * as Flags from '@oclif/core/flags'
import {ux} from '@oclif/core/ux'
import {backend, enterContext} from '../core/backend.ts'
import {ANONYMOUS, type UserContext} from '../core/context.ts'
import {MhError, usageError} from '../core/errors.ts'
import {migrationJournalPath} from '../core/migrate/journal-path.ts'
import {onNotice} from '../core/notices.ts'
import {closeStore, openStore} from '../core/open-store.ts'
import {isEmpty} from '../core/users/accounts.ts'
import {type Identity, identify} from '../core/users/identify.ts'
import {journalPath} from '../core/users/journal.ts'
import {describeError} from './describe-error.ts'
import {page, wantsPager} from './pager.ts'
import {readText} from './read-input.ts'
import {endOnSignals} from './signals.ts'
import {atTerminal, forTerminal} from './terminal.ts'

/** The exit code of a refusal. */
const NOT_ALLOWED = 4

export type CommandFlags<T extends typeof Command> = Interfaces.InferredFlags<
  (typeof MhCommand)['baseFlags'] & T['flags']
>
export type CommandArgs<T extends typeof Command> = Interfaces.InferredArgs<T['args']>

/**
 * What every command of mh is built on. It finds out who is acting, runs `execute` in that person's context, prints what it
 * returns as JSON where that was asked for, and turns errors into one sentence and an exit code.
 */
export abstract class MhCommand<T extends typeof Command> extends Command {
  static override enableJsonFlag = true
  static override baseFlags = {
    user: Flags.string({
      char: 'u',
      summary: 'Be this person for this command',
      helpGroup: 'GLOBAL',
      helpValue: '<username>'
    }),
    'no-input': Flags.boolean({summary: 'Never ask anything', helpGroup: 'GLOBAL'})
  }

  /**
   * Whether somebody has to be known: `required`; `bootstrap`, only once there is an account; `optional`, never; or `unneeded`, not
   * even where the accounts cannot be read.
   */
  static person: 'required' | 'bootstrap' | 'optional' | 'unneeded' = 'required'
  /** Whether a change of accounts, or a migration, that a crash interrupted is brought to its end first. */
  static recovers = true
  /** Whether the store that the data root names is opened first; a command for which it is not acts as nobody. */
  static opensStore = true

  protected flags!: CommandFlags<T>
  protected args!: CommandArgs<T>
  /** What stands on the line beside the flags, in order. */
  protected words!: string[]
  /** Those of the words that stood behind "--", where everything is text. */
  protected literal!: string[]
  /** Who acts, and how that was said; undefined where nobody does. */
  protected identity: Identity | undefined

  /** Does the command's work in the person's context. What it returns is the command's JSON. */
  protected abstract execute(): Promise<unknown>

  override async run(): Promise<unknown> {
    endOnSignals()
    const parsed = await this.parse(
      this.ctor as unknown as Interfaces.Input<
        Interfaces.OutputFlags<T['flags']>,
        Interfaces.OutputFlags<T['flags']>,
        Interfaces.OutputArgs<T['args']>
      >
    )
    this.flags = parsed.flags as CommandFlags<T>
    this.args = parsed.args as CommandArgs<T>
    this.words = parsed.argv as string[]
    const stop = this.argv.indexOf('--')
    this.literal = stop === -1 ? [] : this.argv.slice(stop + 1)
    const told = new Set<string>()
    const stopListening = onNotice(({message}) => {
      if (!told.has(message)) ux.stderr(forTerminal(`Note: ${message}`, 2))
      told.add(message)
    })
    const {recovers, opensStore} = this.ctor as unknown as typeof MhCommand
    try {
      if (opensStore) await this.openStore()
      // What interrupts a change of files leaves a journal; a database takes it back by itself.
      if (recovers && backend() === undefined) await recoverFiles()
      return await enterContext(await this.findPerson(), async () => {
        try {
          // Loaded only where somebody acts as another person: it brings the audit trail and its hashes.
          if (this.identity?.context.assumed !== undefined) await (await import('../core/change.ts')).noteAssumedRead()
          return await this.execute()
        } catch (error) {
          if (error instanceof MhError && error.exitCode === NOT_ALLOWED)
            await (await import('../core/users/refusals.ts')).auditRefusal(error, `mh ${this.id?.replaceAll(':', ' ')}`)
          throw error
        }
      })
    } finally {
      stopListening()
      if (opensStore) await closeStore()
    }
  }

  override async catch(error: Error & {code?: string; oclif?: {exit?: number}}): Promise<void> {
    // --help ends a command by an error of oclif's own that carries exit code 0.
    if (error.code === 'EEXIT') throw error
    const {code, message, hint, exitCode, stack} = describeError(
      error,
      `${this.config.bin} ${this.id?.replaceAll(':', ' ')}`
    )
    process.exitCode = exitCode
    if (this.jsonEnabled())
      ux.stdout(JSON.stringify({error: {code, message, ...(hint === undefined ? {} : {hint})}}, null, 2))
    else ux.stderr(forTerminal(hint === undefined ? `Error: ${message}` : `Error: ${message}\n${hint}`, 2))
    if (stack !== undefined) ux.stderr(stack)
  }

  override logJson(value: unknown): void {
    try {
      this.print(JSON.stringify(value, null, 2))
    } catch (error) {
      // oclif prints the result outside of run(), where nothing of ours would catch this.
      ux.stderr(`Error: ${(error as Error).message}`)
      process.exitCode = 1
    }
  }

  /** Prints a result for people; nothing where JSON was asked for. */
  protected say(text: string): void {
    if (text !== '' && !this.jsonEnabled() && !this.paged(text)) this.print(text)
  }

  /** Tells people on stderr what is no result: remarks, what to do next. Nothing where JSON was asked for. */
  protected note(text: string): void {
    if (!this.jsonEnabled()) ux.stderr(text)
  }

  /** The work was done and has its JSON, and something in it failed. */
  protected failed(exitCode = 1): void {
    process.exitCode = exitCode
  }

  /** Whether a person sits at the terminal and may be asked something. */
  protected get mayAsk(): boolean {
    return !this.flags['no-input'] && !this.jsonEnabled() && !process.env.CI && atTerminal(0) && atTerminal(2)
  }

  /** The command's text: its words, or standard input; undefined where somebody sits at the terminal and there is none. */
  protected textOf(words: readonly string[] = this.words): string | undefined {
    return readText(words.slice(0, words.length - this.literal.length), this.literal)
  }

  /** Shows what does not fit on the terminal by the person's pager. */
  private paged(text: string): boolean {
    if (!text.includes('\n') || !atTerminal(1) || !this.mayAsk) return false
    return wantsPager(text) && page(text)
  }

  private print(text: string): void {
    try {
      ux.stdout(text)
    } catch (error) {
      throw new MhError('OUTPUT_FAILED', `Standard output cannot be written: ${(error as Error).message}`, {
        hint: 'What the command did before stays done'
      })
    }
  }

  /**
   * Has the person agree to what cannot be undone: by --yes, or by an answer.
   * @throws MhError CONFIRMATION_MISSING (exit 2) where nobody can be asked, NOT_CONFIRMED (exit 1) where they said no
   */
  protected async confirm(question: string, yes: boolean): Promise<void> {
    if (yes) return
    if (!this.mayAsk) throw usageError('CONFIRMATION_MISSING', `${question} Nobody can be asked`, 'Say --yes')
    const {confirm} = await import('./prompts.ts')
    if (!(await confirm(question))) throw new MhError('NOT_CONFIRMED', 'Nothing was done')
  }

  /** A command that needs nobody runs also where config.json cannot be read. */
  private async openStore(): Promise<void> {
    const {person} = this.ctor as unknown as typeof MhCommand
    try {
      await openStore()
    } catch (error) {
      if (person !== 'unneeded' || !(error instanceof MhError) || error.code !== 'UNREADABLE_FILE') throw error
    }
  }

  private async findPerson(): Promise<UserContext> {
    const {person, opensStore} = this.ctor as unknown as typeof MhCommand
    if (!opensStore) return ANONYMOUS
    if (person === 'bootstrap' && isEmpty() && this.flags.user === undefined) return ANONYMOUS
    try {
      this.identity = await identify(this.flags.user)
      return this.identity.context
    } catch (error) {
      // Somebody who was named on this very line has to be there, whatever the command.
      const damaged = error instanceof MhError && error.code === 'UNREADABLE_FILE'
      if (
        !(error instanceof MhError) ||
        (damaged ? person !== 'unneeded' : this.flags.user !== undefined) ||
        (person !== 'optional' && person !== 'unneeded')
      )
        throw error
      return ANONYMOUS
    }
  }
}

/** Brings to its end what was interrupted. */
async function recoverFiles(): Promise<void> {
  if (existsSync(journalPath())) await (await import('../core/users/finish.ts')).recoverAccounts()
  if (existsSync(migrationJournalPath())) await (await import('../core/migrate/recover.ts')).recoverMigration()
}
