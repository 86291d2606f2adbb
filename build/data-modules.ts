import {deepStrictEqual} from 'node:assert'
import {pathToFileURL} from 'node:url'
import type {Plugin} from 'rolldown'

/**
 * Evaluates each module named `*.data.ts` while building and puts its exports, as literals, in its place: word lists
 * that need stemming, starter files and the like cost nothing at run time, and what computed them is not bundled.
 *
 * Every export must survive JSON unchanged; the build fails on one that does not (a Map, a Date, undefined, a function).
 */
export function dataModules(): Plugin {
  return {
    name: 'data-modules',
    load: {
      filter: {id: /\.data\.ts$/},
      async handler(id) {
        const exported: Record<string, unknown> = await import(pathToFileURL(id).href)
        // Node sorts a module's exports, a test runner may not, and the same sources have to give the same bundle.
        const sorted = Object.entries(exported).sort(([a], [b]) => (a < b ? -1 : 1))
        const code = sorted.map(([name, value]) => {
          const json = JSON.stringify(value)
          try {
            deepStrictEqual(JSON.parse(json ?? 'null'), value)
          } catch (cause) {
            throw new Error(`${id}: the export ${name} is not plain JSON`, {cause})
          }
          return name === 'default' ? `export default ${json}` : `export const ${name} = ${json}`
        })
        return {code: code.join('\n'), moduleType: 'js'}
      }
    }
  }
}
