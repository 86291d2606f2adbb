// A process that captures "worker n 0", "worker n 1", … one after another: node capture-worker.ts <userId> <username> <n> <count>
import {withUserContext} from '../../src/core/context.ts'
import {capture} from '../../src/core/memory/memories.ts'

const [userId = '', username = '', worker, count] = process.argv.slice(2)
await withUserContext({userId, username, role: 'member'}, async () => {
  for (let index = 0; index < Number(count); index++) {
    const {id} = await capture({content: `worker ${worker} ${index}`})
    process.stdout.write(`${id}\n`)
  }
})
