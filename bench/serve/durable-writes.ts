/**
 * What a durable capture costs the disk alone, one after another: a file written, fsynced, renamed, its folder fsynced, and a line
 * added to a log and fdatasynced. `node durable-writes.ts FOLDER COUNT` prints how many a second.
 */
import {closeSync, fdatasyncSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync} from 'node:fs'
import {join} from 'node:path'

const [folder = '.', count = '500'] = process.argv.slice(2)
mkdirSync(folder, {recursive: true})
const log = openSync(join(folder, 'log'), 'a')
const text = JSON.stringify({content: 'x'.repeat(200), more: 'y'.repeat(300)})
const start = performance.now()
for (let made = 0; made < Number(count); made++) {
  const file = openSync(join(folder, 'new'), 'w')
  writeSync(file, text)
  fsyncSync(file)
  closeSync(file)
  renameSync(join(folder, 'new'), join(folder, String(made)))
  const handle = openSync(folder, 'r')
  fsyncSync(handle)
  closeSync(handle)
  writeSync(log, `${text}\n`)
  fdatasyncSync(log)
}
process.stdout.write(`${JSON.stringify({perSecond: (Number(count) / (performance.now() - start)) * 1000})}\n`)
