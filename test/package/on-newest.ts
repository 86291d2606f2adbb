/** `npm run test:newest -- [FILE…]`: the tests, and every mh that they start, on the newest Node. */
import {spawnSync} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {delimiter, dirname, join} from 'node:path'
import {newestNode} from './newest-node.ts'

const folder = mkdtempSync(join(tmpdir(), 'mh-newest-'))
try {
  const node = newestNode(folder)
  const vitest = join(import.meta.dirname, '../../node_modules/vitest/vitest.mjs')
  const {status} = spawnSync(node, [vitest, 'run', ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: {...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}`}
  })
  const {stdout} = spawnSync(node, ['--version'], {encoding: 'utf8'})
  process.stdout.write(`${status === 0 ? 'Passed' : 'Failed'} on Node ${stdout.trim()}\n`)
  process.exitCode = status ?? 1
} finally {
  rmSync(folder, {recursive: true, force: true})
}
