/** `node bare-writes.ts FOLDER COUNT`: writes and fsyncs that many files as a batch of memories would be, eight at once; prints {"ms"}. */
import {mkdirSync} from 'node:fs'
import {open} from 'node:fs/promises'
import {join} from 'node:path'
import {memories} from './corpus.ts'

const [folder = '.', count = '1000'] = process.argv.slice(2)
const AT_ONCE = 8

mkdirSync(folder, {recursive: true})
const texts = [...memories(Number(count))].map((memory) => ({name: memory.id, text: JSON.stringify(memory, null, 2)}))
const start = performance.now()
let next = 0
await Promise.all(
  Array.from({length: AT_ONCE}, async () => {
    for (let one = texts[next++]; one !== undefined; one = texts[next++]) {
      const file = await open(join(folder, one.name), 'wx', 0o600)
      await file.writeFile(one.text)
      await file.sync()
      await file.close()
    }
  })
)
console.log(JSON.stringify({ms: performance.now() - start}))
