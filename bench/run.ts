/**
 * `npm run bench -- [NAME…] [--quick]`: runs every bench, or those, one after another, and writes their sections of docs/performance.md and
 * docs/growth.svg. With --quick everything is as small as it can be, nothing is written, and the sections are printed.
 */
import {spawn} from 'node:child_process'
import {readFileSync, writeFileSync} from 'node:fs'
import {cpus, release, totalmem, type} from 'node:os'
import {join} from 'node:path'
import {text} from 'node:stream/consumers'
import {parseArgs} from 'node:util'
import type {Figure} from './figure.ts'
import {fill} from './page/fill.ts'
import {plot} from './page/plot.ts'
import {SECTIONS, type Section} from './page/sections.ts'
import {table} from './page/table.ts'

const DOCS = join(import.meta.dirname, '../docs')
const PAGE = join(DOCS, 'performance.md')

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {quick: {type: 'boolean', default: false}}
})
const unknown = positionals.filter((wanted) => !SECTIONS.some(({name}) => name === wanted))
if (unknown.length > 0)
  throw new Error(`There is no bench ${unknown.join(', ')}: ${SECTIONS.map(({name}) => name).join(', ')}`)

for (const section of SECTIONS.filter(({name}) => positionals.length === 0 || positionals.includes(name))) {
  const start = performance.now()
  const figures = await run(section)
  // Told as it is written: a later one that fails costs nothing of what there is.
  if (figures === undefined) process.exitCode = 1
  else if (values.quick) console.log(`${section.name}\n\n${table(figures)}\n`)
  else write(section, figures)
  const seconds = ((performance.now() - start) / 1000).toFixed(0)
  process.stderr.write(`${section.name}: ${figures === undefined ? 'failed' : 'done'} after ${seconds} s\n`)
}

/** @returns undefined where it failed, which it has told itself */
async function run({name, quick}: Section): Promise<Figure[] | undefined> {
  const args = [join(import.meta.dirname, `${name}.ts`), '--json', ...(values.quick ? quick : [])]
  const child = spawn(process.execPath, args, {stdio: ['ignore', 'pipe', 'inherit']})
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  const printed = await text(child.stdout)
  if ((await ended) !== 0) return undefined
  return printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Figure)
}

function write({name}: Section, figures: readonly Figure[]): void {
  const page = fill(readFileSync(PAGE, 'utf8'), name, table(figures))
  writeFileSync(PAGE, fill(page, 'machine', machine()))
  if (name === 'growth') writeFileSync(join(DOCS, 'growth.svg'), plot(figures))
}

function machine(): string {
  const [first] = cpus()
  const kernel = release().split('.', 2).join('.')
  const memory = (totalmem() / 2 ** 30).toFixed(0)
  return `Measured on ${cpus().length} × ${first?.model.trim()}, ${memory} GB, ${type()} ${kernel}, Node ${process.versions.node}.`
}
