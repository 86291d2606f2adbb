/**
 * In place of oclif's ux/write.js: prints with write(2) itself. console.log would open process.stdout, a stream for
 * which Node loads node:tty or node:net (3.5 ms).
 */
import {writeSync} from 'node:fs'

/** Prints a line to standard output. A string is printed as it is; with more arguments it is a format of util.format. */
export const stdout = (text?: string | string[], ...args: unknown[]): void => {
  // A stream that somebody has opened may hold text that is not written yet: the line has to come after it.
  if (opened) process.stdout.write(line(text, args))
  else write(1, line(text, args))
}

/** The same to standard error. */
export const stderr = (text?: string | string[], ...args: unknown[]): void => write(2, line(text, args))

let opened = false

/** Whether anything has used process.stdout, so that it may have something to flush. */
export const stdoutOpened = (): boolean => opened

/** Has a closed pipe (`mh memory list | head`) ignored by process.stdout too, from the moment that something uses it. */
export function watchStdout(): void {
  const property = Object.getOwnPropertyDescriptor(process, 'stdout')
  if (!property?.get || !property.configurable || opened) return
  Object.defineProperty(process, 'stdout', {
    ...property,
    get() {
      Object.defineProperty(process, 'stdout', property)
      opened = true
      process.stdout.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'EPIPE') return
        write(2, `Error: Standard output cannot be written: ${error.message}\n`)
        process.exit(1)
      })
      return process.stdout
    }
  })
}

function line(text: string | string[] | undefined, args: unknown[]): string {
  if (typeof text === 'string' && args.length === 0) return `${text}\n`
  const {format} = require('node:util') as typeof import('node:util')
  if (!text) return `${format(...args)}\n`
  return typeof text === 'string' ? `${format(text, ...args)}\n` : `${format(...text, ...args)}\n`
}

function write(descriptor: number, text: string): void {
  let rest = Buffer.from(text)
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest))
    } catch (error) {
      const {code} = error as NodeJS.ErrnoException
      if (code === 'EPIPE') return // nobody reads any more
      if (descriptor === 2 && code !== 'EAGAIN') return // what cannot be told changes nothing of what was done
      if (code !== 'EAGAIN') throw error
      // Another process made the pipe non-blocking, and it is full: wait for the reader as a blocking one would.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}
