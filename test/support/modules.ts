import {execFileSync} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, relative} from 'node:path'
import type {Home} from './home.ts'
import {mh} from './mh.ts'

const root = join(import.meta.dirname, '..', '..')
const HOOK = join(import.meta.dirname, 'report-modules.cjs')

export interface Loaded {
  /** Sources, relative to the project ("src/core/paths.ts"), that lie in the files of dist/ that were loaded. */
  sources: string[]
  /** npm packages in those files, and those in dist/vendor. */
  packages: string[]
  /** Modules of Node beyond those that it loads to run nothing. */
  builtins: string[]
}

/** Runs mh with these arguments and tells what it loaded. Throws where it does not end with exit code 0. */
export async function loadedBy(home: Home, args: readonly string[]): Promise<Loaded> {
  const ran = await report(home, args)
  const empty = builtinsOfNode(home)
  const dist = join(root, 'dist')
  const modules = await moduleMap()
  const files = ran.files.filter((file) => file.startsWith(dist)).map((file) => relative(dist, file))
  const paths = files.flatMap((file) => modules.get(file) ?? [])
  const vendor = files
    .filter((file) => file.startsWith('vendor/'))
    .map((file) => file.slice('vendor/'.length, -'.js'.length))
  return {
    sources: paths.filter((path) => path.startsWith(`${root}/src/`)).map((path) => relative(root, path)),
    packages: [...new Set([...paths.map(packageOf).filter((name) => name !== undefined), ...vendor])].sort(),
    builtins: ran.builtins.filter((name) => !empty.has(name))
  }
}

interface Report {
  files: string[]
  builtins: string[]
}

async function report(home: Home, args: readonly string[]): Promise<Report> {
  const file = join(home.home, 'modules.json')
  const {exitCode, stderr} = await mh(home, args, {env: {NODE_OPTIONS: `--require=${HOOK}`, MODULE_REPORT: file}})
  if (exitCode !== 0) throw new Error(`mh ${args.join(' ')} ended with ${exitCode}: ${stderr}`)
  return JSON.parse(readFileSync(file, 'utf8'))
}

/** What Node itself loads to run nothing. */
function builtinsOfNode(home: Home): Set<string> {
  const file = join(home.home, 'node.json')
  execFileSync(process.execPath, ['--require', HOOK, '-e', '0'], {env: {MODULE_REPORT: file}})
  return new Set((JSON.parse(readFileSync(file, 'utf8')) as Report).builtins)
}

let map: Promise<Map<string, string[]>> | undefined
/** Which modules lie in which file of dist/. The same sources give the same names, so a second bundle tells. */
function moduleMap(): Promise<Map<string, string[]>> {
  map ??= makeMap()
  return map
}

/** In a process of its own: here vitest stands between the build and the modules that it evaluates, which then come out otherwise. */
async function makeMap(): Promise<Map<string, string[]>> {
  const folder = mkdtempSync(join(tmpdir(), 'mh-bundle-'))
  const script = `
    const {bundle} = await import(${JSON.stringify(join(root, 'build/bundle.ts'))})
    process.stdout.write('\\n' + JSON.stringify([...(await bundle(${JSON.stringify(root)}, ${JSON.stringify(folder)}))]))`
  try {
    const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      stdio: ['ignore', 'pipe', 'ignore']
    })
    return new Map(JSON.parse(printed.slice(printed.lastIndexOf('\n') + 1)))
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}

const packageOf = (path: string): string | undefined => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]
