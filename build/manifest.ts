/**
 * oclif.manifest.json: what oclif knows of the commands without loading one, made from dist/.
 *
 *     node build/manifest.ts            writes it (the build does too)
 *     node build/manifest.ts --check    fails if the one in git differs
 */
import {execFileSync} from 'node:child_process'
import {existsSync, readFileSync, renameSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {Plugin} from '@oclif/core/config'

const FILE = 'oclif.manifest.json'
const STARTUP_FILE = 'dist/startup.json'
const STARTUP_FIELDS = [
  'id',
  'aliases',
  'hiddenAliases',
  'hidden',
  'strict',
  'pluginName',
  'pluginType',
  'isESM',
  'relativePath'
] as const

/** Writes the manifest of the built commands below `root`, with its commands in the order of their ids. */
export async function writeManifest(root: string): Promise<void> {
  const text = await manifest(root)
  replace(join(root, FILE), text)
  replace(join(root, STARTUP_FILE), JSON.stringify(startupPart(JSON.parse(text))))
}

/** What a run needs that names a command and asks for no help: see shims/startup-manifest.cjs. */
function startupPart({commands, version}: Plugin['manifest']): object {
  const parts = Object.entries(commands).map(([id, command]) => [
    id,
    {
      ...Object.fromEntries(STARTUP_FIELDS.map((field) => [field, command[field]])),
      args: Object.fromEntries(Object.keys(command.args ?? {}).map((name) => [name, {}]))
    }
  ])
  return {version, commands: Object.fromEntries(parts)}
}

function replace(file: string, text: string): void {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return
  writeFileSync(`${file}.tmp`, text)
  renameSync(`${file}.tmp`, file) // an mh that starts meanwhile reads a whole one
}

async function manifest(root: string): Promise<string> {
  const plugin = new Plugin({
    root,
    isRoot: true,
    type: 'core',
    ignoreManifest: true,
    errorOnManifestCreate: true,
    respectNoCacheDefault: true
  })
  await plugin.load()
  const commands = Object.entries(plugin.manifest.commands).sort(([a], [b]) => (a < b ? -1 : 1))
  return `${JSON.stringify({...plugin.manifest, commands: Object.fromEntries(commands)}, null, 2)}\n`
}

async function check(root: string): Promise<void> {
  const committed = execFileSync('git', ['show', `:${FILE}`], {cwd: root, encoding: 'utf8'})
  if (committed === (await manifest(root))) return
  console.error(`${FILE} is not what the commands say: run "npm run build" and commit it`)
  process.exitCode = 1
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..')
  await (process.argv.includes('--check') ? check(root) : writeManifest(root))
}
