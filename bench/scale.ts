/**
 * `npm run bench:scale -- [--quick] [--only PART]`: what people cost on PostgreSQL, each figure with its bound beside it from the same run, in turns. Starts
 * a durable server of its own. Fails where a figure is missed; docs/scale.md says what is measured. --quick takes a tenth of the memories,
 * --only captures, workers or searches that part.
 */
import {existsSync, mkdirSync, mkdtempSync, rmSync} from 'node:fs'
import {cpus, release, tmpdir, totalmem, type} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {captures} from './scale/capture.ts'
import {costs} from './scale/costs.ts'
import {searches} from './scale/search.ts'
import {startBenchServer} from './scale/server.ts'
import {workers} from './scale/workers.ts'

const {values} = parseArgs({options: {quick: {type: 'boolean', default: false}, only: {type: 'string'}}})
const wanted = (part: string): boolean => (values.only ?? part) === part
const MEMORIES = values.quick ? 500 : 5000
const FEW = 20
const MANY = 200

if (!existsSync(join(import.meta.dirname, '../dist/entry.js')))
  throw new Error('there is no dist/: run "npm run build" first')
const scratch = mkdtempSync(join(tmpdir(), 'mh-bench-'))
process.env.MH_HOME = join(scratch, 'data')
process.env.HOME = scratch
mkdirSync(process.env.MH_HOME)
const server = await startBenchServer()
try {
  console.log(
    `${cpus().length} × ${cpus()[0]?.model.trim()}, ${(totalmem() / 2 ** 30).toFixed(0)} GB, ${type()} ${release()}, Node ${process.version}, PostgreSQL ${await server.version()}\n`
  )
  if (wanted('captures')) await captures(server, say)
  if (wanted('workers')) await workers(server, scratch, say)
  if (wanted('searches')) await costs(await searches(server, {memories: MEMORIES, few: FEW, many: MANY}, say), say)
} finally {
  await server.end()
  rmSync(scratch, {recursive: true, force: true})
}

/** @param good whether the bar is reached; undefined where there is none */
function say(what: string, figure: string, good?: boolean): void {
  console.log(`${what.padEnd(56)}${figure}${good === false ? '   MISSED' : ''}`)
  if (good === false) process.exitCode = 1
}
