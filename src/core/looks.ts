import {AsyncLocalStorage} from 'node:async_hooks'
import {Stats} from 'node:fs'
import {COARSE_CLOCK_MS, isSameFile} from './same-file.ts'

interface Look {
  again: () => unknown
  found: unknown
}

interface Due {
  isDue: () => boolean
  look: () => Promise<unknown>
}

/** Everything that was looked at while something was worked out: it holds as long as each look finds the same. */
export class Looks {
  readonly #looks = new Map<string, Look>()
  readonly #due = new Map<string, Due>()
  #until = Number.POSITIVE_INFINITY

  /** @param name of what was looked at */
  note(name: string, again: () => unknown, found: unknown): void {
    this.#looks.set(name, {again, found})
  }

  /** Notes what is looked at only now and then, and before anything is concluded when it is due. @param name of what is looked at */
  noteDue(name: string, isDue: () => boolean, look: () => Promise<unknown>): void {
    this.#due.set(name, {isDue, look})
  }

  /** Says that no look can tell of a change beyond that moment. @param moment milliseconds, as Date.now() gives them */
  holdUntil(moment: number): void {
    this.#until = Math.min(this.#until, moment)
  }

  /** Whether the next change will show: something was looked at, and no file changed just now. */
  willTell(): boolean {
    const old = Date.now() - COARSE_CLOCK_MS
    return (
      this.#looks.size > 0 &&
      [...this.#looks.values()].every(({found}) => !(found instanceof Stats) || found.ctimeMs < old)
    )
  }

  async hold(): Promise<boolean> {
    if (Date.now() >= this.#until) return false
    try {
      for (const {isDue, look} of this.#due.values())
        if (isDue()) {
          await look()
          if (isDue()) return false
        }
      for (const {again, found} of this.#looks.values()) if (!isSame(again(), found)) return false
      return true
    } catch {
      // What cannot be looked at is not as it was; whoever works it out again is told why.
      return false
    }
  }
}

const isSame = (a: unknown, b: unknown): boolean =>
  a === b || (a instanceof Stats && b instanceof Stats && isSameFile(a, b))

const noting = new AsyncLocalStorage<Looks>()

/** Runs `fn`, and has every look in it noted. */
export const noteLooks = <T>(looks: Looks, fn: () => T): T => noting.run(looks, fn)

/** Where looks are noted; undefined where nobody wants to know of them. */
export const notedLooks = (): Looks | undefined => noting.getStore()
