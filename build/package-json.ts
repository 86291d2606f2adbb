import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Plugin} from 'rolldown'

/**
 * `import pjson from '../package.json'` yields only what oclif reads at run time, fixed at build time: the file need
 * not be read at start-up, and the bundle holds no scripts and no lists of dependencies. After a change of version or
 * of the oclif section, build again.
 */
export function packageJson(root: string): Plugin {
  const file = join(root, 'package.json')
  return {
    name: 'package-json',
    load: {
      filter: {id: /[\\/]package\.json$/},
      handler(id) {
        if (id !== file) return null
        const {name, version, description, type, oclif} = JSON.parse(readFileSync(file, 'utf8'))
        return {code: `export default ${JSON.stringify({name, version, description, type, oclif})}`, moduleType: 'js'}
      }
    }
  }
}
