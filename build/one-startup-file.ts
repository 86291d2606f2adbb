import {dirname, relative} from 'node:path/posix'
import type {Plugin} from 'rolldown'

/**
 * Makes one file of the three that every run would load one after another: the entry, which only passes on what a chunk
 * exports, that chunk, and rolldown's own runtime. To find and open a file costs Node about 0.4 ms.
 *
 * The chunk named `chunk` also exports the entry's names and, as `$`, the runtime, which the other files get from it.
 */
export function oneStartupFile(entry: string, chunk: string): Plugin {
  return {
    name: 'one-startup-file',
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
      const find = (name: string) => {
        const found = chunks.find((file) => file.name === name)
        if (!found) throw new Error(`the bundle has no file ${name}`)
        return found
      }
      const [facade, startup, runtime] = [find(entry), find(chunk), find('rolldown-runtime')]
      const passedOn = [...facade.code.matchAll(/exports\.(\w+)=\w+\.(\w+)/g)]
      if (passedOn.length !== facade.exports.length)
        throw new Error(`${entry} does more than to pass on: ${facade.code}`)

      for (const file of chunks) {
        const own = file === startup ? `(function(exports){${runtime.code};return exports})(exports.$={})` : undefined
        file.code = file.code.replaceAll(requireOf(file.fileName, runtime.fileName), () => {
          return own ?? `${requireOf(file.fileName, startup.fileName)}.$`
        })
      }
      startup.code += passedOn.map(([, name, inner]) => `exports.${name}=exports.${inner};`).join('')
      delete bundle[facade.fileName]
      delete bundle[runtime.fileName]
    }
  }
}

/** How rolldown writes, in the file `from`, that it requires the file `to`. */
function requireOf(from: string, to: string): string {
  const path = relative(dirname(from), to)
  return `require("${path.startsWith('.') ? path : `./${path}`}")`
}
