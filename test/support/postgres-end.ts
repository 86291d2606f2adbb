/**
 * `node postgres-end.ts FOLDER`: ends the PostgreSQL of that folder and removes it, as soon as its own input ends: when whoever started it says
 * so, or is gone, in whatever way.
 */
import {execFileSync} from 'node:child_process'
import {existsSync, readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'

const [folder = ''] = process.argv.slice(2)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
process.stdin.resume()
process.stdin.on('close', () => {
  const stop = join(folder, 'stop.json')
  if (existsSync(join(folder, 'data/postmaster.pid')) && existsSync(stop)) {
    const {command, args, options} = JSON.parse(readFileSync(stop, 'utf8'))
    execFileSync(command, args, {...options, stdio: 'ignore'})
  }
  rmSync(folder, {recursive: true, force: true})
})
