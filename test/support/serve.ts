import {execa} from 'execa'
import {onTestFinished} from 'vitest'
import type {Home} from './home.ts'
import {BIN, environment} from './mh.ts'

/** `mh serve` as a process of its own. */
export interface Served {
  url: string
  /** Of the process. */
  pid: number
  link: string | null
  setupToken: string | null
  /** Sends the signal and waits for the end. */
  end(signal?: NodeJS.Signals): Promise<{exitCode: number | undefined; stderr: string}>
}

/** Starts the built server on a free port. It ends with the test. */
export async function startServe(
  home: Home,
  args: readonly string[] = [],
  env: Record<string, string> = {}
): Promise<Served> {
  const running = execa(process.execPath, [BIN, 'serve', '--port', '0', '--json', ...args], {
    env: environment(home, env),
    extendEnv: false,
    reject: false,
    stdin: 'ignore'
  })
  const end: Served['end'] = async (signal = 'SIGTERM') => {
    running.kill(signal)
    const {exitCode, stderr} = await running
    return {exitCode, stderr}
  }
  onTestFinished(() => void end())
  const printed = await new Promise<string>((resolve, reject) => {
    let text = ''
    running.stdout.on('data', (chunk) => {
      text += String(chunk)
      if (text.endsWith('}\n')) resolve(text)
    })
    running.then(({stderr}) => reject(new Error(`mh serve ended: ${text}${stderr}`)))
  })
  const served = JSON.parse(printed) as Omit<Served, 'end' | 'pid'>
  if (served.url === undefined) throw new Error(`mh serve did not start: ${printed}`)
  return {...served, pid: running.pid ?? 0, end}
}
