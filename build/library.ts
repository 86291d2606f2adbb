import {execFileSync} from 'node:child_process'
import {cpSync, existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {dirname, join, relative, resolve} from 'node:path'
import {build} from 'rolldown'
import {dataModules} from './data-modules.ts'
import {packageJson} from './package-json.ts'

/**
 * Builds what `import 'metahuman'` loads into `folder`: index.js, an ES module of our own code alone (other packages are loaded from
 * node_modules), its chunks, and types/.
 *
 * ES modules, because their names can be imported one by one; not minified, because people read stack traces of theirs.
 */
export async function bundleLibrary(root: string, folder: string): Promise<void> {
  await build({
    cwd: root,
    input: {index: join(root, 'src/library.ts')},
    platform: 'node',
    external: (id) => !/^[./]/.test(id),
    plugins: [packageJson(root), dataModules()],
    output: {dir: folder, format: 'es', chunkFileNames: 'chunks/[name]-[hash].js'}
  })
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}\n')
  declare(root, join(folder, 'types'))
}

const ENTRY = 'src/library.d.ts'

/** Declarations of what the library gives, and of nothing that it does not refer to. */
function declare(root: string, folder: string): void {
  const all = `${folder}.all`
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  execFileSync(process.execPath, [tsc, '-p', join(root, 'build/tsconfig.library.json'), '--outDir', all], {
    stdio: ['ignore', 2, 2]
  })
  for (const file of reachable(join(all, ENTRY))) cpSync(file, join(folder, relative(join(all, 'src'), file)))
  rmSync(all, {recursive: true})
}

/** A declaration file and all that it imports, directly or not. */
function reachable(entry: string): Set<string> {
  const found = new Set([entry])
  for (const file of found)
    for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(/(?:from |import\()["'](\.[^"']+)["']/g)) {
      const imported = resolve(dirname(file), path.replace(/\.ts$/, '.d.ts'))
      if (existsSync(imported)) found.add(imported)
    }
  return found
}
