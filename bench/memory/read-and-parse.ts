/** `node read-and-parse.ts FOLDER`: reads and parses every JSON file below it, once to warm up and once measured; prints {"files","ms"}. */
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

const [folder = '.'] = process.argv.slice(2)

function readAll(): number {
  let files = 0
  for (const entry of readdirSync(folder, {recursive: true, withFileTypes: true})) {
    if (!entry.isFile() || !entry.name.endsWith('.json')) continue
    JSON.parse(readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    files++
  }
  return files
}

readAll()
const start = performance.now()
const files = readAll()
console.log(JSON.stringify({files, ms: performance.now() - start}))
