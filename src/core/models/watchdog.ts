/** Aborts a call that stays silent: for `firstMs` before its first sign of life, for `idleMs` after each later one. */
export class Watchdog implements Disposable {
  /** Aborted by silence, or with the caller's own signal. */
  readonly signal: AbortSignal
  /** The milliseconds of silence that ended the call, or undefined. */
  expired: number | undefined
  readonly #controller = new AbortController()
  readonly #idleMs: number
  #timer: NodeJS.Timeout

  constructor(firstMs: number, idleMs: number, outer?: AbortSignal) {
    this.#idleMs = idleMs
    this.signal = outer === undefined ? this.#controller.signal : AbortSignal.any([outer, this.#controller.signal])
    this.#timer = this.#wait(firstMs)
  }

  /** Something came. */
  heard(): void {
    clearTimeout(this.#timer)
    this.#timer = this.#wait(this.#idleMs)
  }

  /** Something else has to happen first: until the next `heard` it does not matter how long that takes. */
  rest(): void {
    clearTimeout(this.#timer)
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
  }

  #wait(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.expired = ms
      this.#controller.abort()
    }, ms)
  }
}
