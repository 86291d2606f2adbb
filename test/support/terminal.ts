import {type IPty, spawn} from '@lydell/node-pty'
import {onTestFinished} from 'vitest'
import type {Home} from './home.ts'
import {BIN, environment} from './mh.ts'

/** A terminal in which the built program runs. */
export interface Terminal {
  /** Everything printed so far. */
  output(): string
  /** Waits until the output holds `text`. @throws where it does not within ten seconds, with what is there */
  sees(text: string): Promise<void>
  /** The same for text that comes after what was waited for in this way before. */
  until(text: string): Promise<void>
  type(keys: string): void
  /** Waits for the program's end. */
  exitCode: Promise<number>
}

export const DOWN = '\u001b[B'
export const ENTER = '\r'
export const CTRL_C = '\u0003'

export function openTerminal(
  home: Home,
  args: readonly string[],
  env: Record<string, string> = {},
  cols = 80
): Terminal {
  const child: IPty = spawn(process.execPath, [BIN, ...args], {
    cols,
    rows: 24,
    env: environment(home, {TERM: 'xterm-256color', ...env})
  })
  onTestFinished(() => child.kill())
  let output = ''
  let seen = 0
  const listeners = new Set<() => void>()
  child.onData((data) => {
    output += data
    for (const listener of listeners) listener()
  })
  const waitFor = (text: string, from: () => number): Promise<number> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const at = output.indexOf(text, from())
        if (at < 0) return
        clearTimeout(timer)
        listeners.delete(look)
        resolve(at + text.length)
      }
      const timer = setTimeout(() => {
        child.kill()
        reject(new Error(`The terminal never showed ${JSON.stringify(text)}, but ${JSON.stringify(output)}`))
      }, 10_000)
      listeners.add(look)
      look()
    })
  return {
    output: () => output,
    type: (keys) => child.write(keys),
    exitCode: new Promise((resolve) => child.onExit(({exitCode}) => resolve(exitCode))),
    async sees(text) {
      await waitFor(text, () => 0)
    },
    async until(text) {
      seen = await waitFor(text, () => seen)
    }
  }
}
