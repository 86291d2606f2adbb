import {globSync} from 'node:fs'
import {createRequire} from 'node:module'
import {join, sep} from 'node:path'
import {build, type OutputOptions} from 'rolldown'
import {ascii} from './ascii.ts'
import {dataModules} from './data-modules.ts'
import {lazyRequires} from './lazy-requires.ts'
import {COLD_PACKAGES, hasShim, OCLIF, oclifStartup} from './oclif.ts'
import {oneStartupFile} from './one-startup-file.ts'
import {packageJson} from './package-json.ts'

/**
 * Bundles src/ below `root` into `dist`, to CommonJS: one file for the entry and for each command and hook, chunks for
 * what they share, and a chunk for whatever a source loads by `await import()`.
 *
 * CommonJS because it starts 3 to 7 ms earlier than ES modules do (Node wraps each builtin that an ES module imports).
 *
 * Returns, for every file made of src/, the absolute paths of the modules in it, by the file's path below `dist`.
 */
export async function bundle(root: string, dist: string): Promise<Map<string, string[]>> {
  const output: OutputOptions = {
    dir: dist,
    format: 'cjs',
    exports: 'named',
    minify: true,
    entryFileNames: '[name].js',
    // `await import('node:…')` becomes a require too: import() would start the ES module loader.
    dynamicImportInCjs: false
  }
  const {output: files} = await build({
    cwd: root,
    input: entries(root),
    platform: 'node',
    onLog(level, log, print) {
      if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message)
      print(level, log)
    },
    external: (id, importer) => (id.startsWith('node:') && !hasShim(id, importer)) || NOT_BUNDLED.test(id),
    plugins: [
      packageJson(root),
      dataModules(),
      oclifStartup(),
      lazyRequires(OCLIF),
      oneStartupFile('run', 'entry'),
      ascii()
    ],
    output: {
      ...output,
      chunkFileNames: ({name}) => (name === 'entry' ? 'entry.js' : 'chunks/[name]-[hash].js'),
      // A group takes along whatever its modules import.
      codeSplitting: {
        groups: [
          {name: 'entry', test: isStartup},
          ...Object.entries(TOGETHER).map(([name, sources]) => ({name, test: oneOf(sources)}))
        ]
      }
    }
  })
  // One self-contained file each, so that loading one loads nothing else.
  const fromOclif = createRequire(createRequire(import.meta.url).resolve('@oclif/core'))
  for (const name of COLD_PACKAGES) {
    await build({
      cwd: root,
      input: {[name]: fromOclif.resolve(name)},
      platform: 'node',
      output: {...output, exports: 'auto', dir: join(dist, 'vendor'), codeSplitting: false}
    })
  }
  return new Map(files.filter((file) => file.type === 'chunk').map(({fileName, moduleIds}) => [fileName, moduleIds]))
}

/**
 * What is loaded from node_modules where it is used: what is compiled for each machine, word lists and readers of documents of
 * megabytes, and what derives keys in JavaScript, which is ten times slower through the getters by which chunks see each other's exports.
 */
const NOT_BUNDLED =
  /^(?:@(?:node-rs|zxcvbn-ts)\/|(?:age-encryption|sqlite-vec|unpdf|pg|pg-boss|mammoth|html-to-text|compromise\/two)$)/

/** What every run loads, also one that only prints the version: oclif, and what stands in for parts of it. */
function isStartup(id: string): boolean {
  return OCLIF.test(id) || /[\\/]build[\\/]shims[\\/]|[\\/]src[\\/]entry\.ts$/.test(id)
}

/**
 * Sources that are in one file, each with what it imports: whatever a command loads from several files costs it 0.4 ms for each. What two groups
 * need is in the first of them.
 */
const TOGETHER: Record<string, string[]> = {
  // nearly every command of ours
  'mh-base': ['cli/base-command', 'cli/read-input', 'core/users/permissions', 'core/users/show'],
  // commands that read, write or show memories
  memories: ['core/memory/memories', 'core/memory/read-filter', 'core/time', 'cli/memory-flags', 'cli/memory-table'],
  // mh remember
  search: [
    'core/memory/search/search',
    'core/memory/search/rank',
    'core/memory/search/kinds',
    'cli/print-found',
    'commands/memory/search'
  ],
  // mh status, and mh alone
  status: ['core/status', 'cli/status-screen']
}

function oneOf(sources: readonly string[]): (id: string) => boolean {
  const files = sources.map((source) => join('src', `${source}.ts`))
  return (id) => files.some((file) => id.endsWith(sep + file))
}

/** What runs in a thread or process of its own, and is started as a file. */
const OWN_THREADS = [
  'src/core/inbox/read-worker.ts',
  'src/core/memory/files/entry-thread.ts',
  'src/agents/extract/label-worker.ts',
  'src/agents/scheduler/job-process.ts'
]

/** {'commands/user/list': 'src/commands/user/list.ts', …} */
function entries(root: string): Record<string, string> {
  const files = globSync('src/{commands,hooks}/**/*.ts', {cwd: root}).sort()
  const named = [...files, ...OWN_THREADS].map((file) => [file.slice('src/'.length, -'.ts'.length), join(root, file)])
  return Object.fromEntries([['run', join(root, 'src/entry.ts')], ...named])
}
