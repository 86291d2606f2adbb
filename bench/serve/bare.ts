/** The barest server that Hono makes: what `mh serve` is measured beside. Prints its address. */
import {serve} from '@hono/node-server'
import {Hono} from 'hono'

const app = new Hono()
app.get('/', (c) => c.json({hello: 'world'}))
serve({fetch: app.fetch, port: 0, hostname: '127.0.0.1'}, ({port}) =>
  process.stdout.write(`${JSON.stringify({url: `http://127.0.0.1:${port}/`})}\n`)
)
