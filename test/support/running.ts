import {execa} from 'execa'
import {onTestFinished} from 'vitest'
import type {Home} from './home.ts'
import {BIN, environment} from './mh.ts'

/** Starts the built program and leaves it running: schedulers, workers. It is killed when the test ends, where it is there still. */
export function startMh(home: Home, ...args: string[]) {
  const running = execa(process.execPath, [BIN, ...args], {
    env: environment(home),
    extendEnv: false,
    reject: false,
    stdin: 'ignore'
  })
  onTestFinished(async () => {
    running.kill('SIGKILL')
    await running
  })
  return running
}
