import {createHash} from 'node:crypto'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

const own = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8')

const htmx = fileURLToPath(import.meta.resolve('htmx.org/dist/htmx.min.js'))

const asset = (name: string, type: string, body: string): {path: string; type: string; body: string} => {
  const version = createHash('sha256').update(body).digest('hex').slice(0, 12)
  return {path: `/assets/${name.replace('.', `-${version}.`)}`, type, body}
}

const SCRIPT = 'text/javascript; charset=utf-8'

/** What pages load beside their HTML, read when the program is built. The path changes with the text, so that browsers may keep it. */
export const ASSETS = {
  style: asset('app.css', 'text/css; charset=utf-8', own('app.css')),
  htmx: asset('htmx.js', SCRIPT, readFileSync(htmx, 'utf8').replace(/\n?\/\/# sourceMappingURL=.*$/m, '')),
  app: asset('app.js', SCRIPT, own('app.js')),
  chat: asset('chat.js', SCRIPT, own('chat.js')),
  icon: asset('icon.svg', 'image/svg+xml', own('icon.svg'))
}
