/**
 * Builds dist/ from src/ and writes oclif.manifest.json. Run by `npm run build` and, through `prepare`, by `npm ci`.
 *
 * dist/entry.js            what bin/run.js loads
 * dist/commands/…          one file a command, as oclif finds them
 * dist/chunks/…            what several of them share, and what is loaded only when it is used
 * dist/vendor/…            the packages of oclif that an ordinary run never needs, one file each
 * dist/library/…           what `import 'metahuman'` loads, and its types
 */
import {createHash} from 'node:crypto'
import {appendFileSync, existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {bundle} from './bundle.ts'
import {bundleLibrary} from './library.ts'
import {writeManifest} from './manifest.ts'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
// Made beside dist and then put in its place, so that an mh that starts meanwhile finds a whole build.
const fresh = `${dist}.${process.pid}.tmp`
const former = `${dist}.${process.pid}.former.tmp`

try {
  mkdirSync(fresh)
  // The package is ESM, its bundle CommonJS; the bundle names its cold packages `#vendor/…` (see oclif.ts).
  const settings = {type: 'commonjs', imports: {'#vendor/*': './vendor/*.js'}}
  writeFileSync(join(fresh, 'package.json'), `${JSON.stringify(settings)}\n`)
  await bundle(root, fresh)
  nameBuild(fresh)
  await bundleLibrary(root, join(fresh, 'library'))
  if (existsSync(dist)) renameSync(dist, former)
  renameSync(fresh, dist)
} finally {
  for (const folder of [fresh, former]) rmSync(folder, {recursive: true, force: true})
}
await writeManifest(root)

/** Ends the file that every run loads by a line that is another one for every other bundle: bin/load.js keeps compiled code by it. */
function nameBuild(folder: string): void {
  const hash = createHash('sha256')
  for (const file of globSync('**/*.js', {cwd: folder}).sort()) hash.update(readFileSync(join(folder, file)))
  appendFileSync(join(folder, 'entry.js'), `\n//${hash.digest('base64url')}`)
}
