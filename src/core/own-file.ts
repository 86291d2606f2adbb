import {existsSync} from 'node:fs'
import {join} from 'node:path'

/**
 * Where a source lies that is started as a file, in a thread or process of its own: in the sources, or in the build, which has an
 * entry for each (build/bundle.ts).
 * @param name relative to src, without its ending: "core/inbox/read-worker"
 */
export function ownFile(name: string): string {
  const here = import.meta.dirname
  // This module is part of a chunk in the build, or of the file that every start loads.
  const places = [join(here, '..', `${name}.ts`), join(here, '..', `${name}.js`), join(here, `${name}.js`)]
  const found = places.find((path) => existsSync(path))
  if (found === undefined) throw new Error(`The build has no ${name}`)
  return found
}
