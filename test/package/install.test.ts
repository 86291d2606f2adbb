import {execFileSync} from 'node:child_process'
import {existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {execa} from 'execa'
import {expect, it} from 'vitest'
import {type Home, temporaryHome} from '../support/home.ts'
import {environment} from '../support/mh.ts'
import {newestNode} from './newest-node.ts'

/** `npm run test:package` installs it from the registry, on two versions of Node; here it lies beside what a checkout has installed. */
const WHOLE = process.env.MH_PACKAGE === 'whole'
const root = join(import.meta.dirname, '../..')

/** What the README begins with, without what only a checkout needs. */
function firstCommand(): string[] {
  const [, words = ''] = /npx --no-install mh (.+)$/m.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? []
  return words.split(' ')
}

/** @returns the path of the packed package */
function pack(folder: string): string {
  const printed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8'
  })
  const [{filename}] = JSON.parse(printed)
  return join(folder, filename)
}

async function expectFirstMinutes(home: Home, node: string, bin: string): Promise<void> {
  const run = async (...args: string[]): Promise<string> => {
    const {stdout, stderr, exitCode} = await execa(bin, args, {
      env: {...environment(home), PATH: `${dirname(node)}:/usr/bin:/bin`},
      extendEnv: false,
      reject: false,
      stdin: 'ignore'
    })
    expect([exitCode, stderr]).toEqual([0, ''])
    return stdout
  }
  expect(await run(...firstCommand())).toContain('Made the profile of ada')
  expect(await run('capture', 'The plumber fixed the boiler')).toMatch(/^Captured evt-/)
  expect(await run('remember', 'boiler')).toContain('The plumber fixed the boiler')
  expect(await run('chat', 'What did the plumber fix?')).toContain('boiler')
  expect(JSON.parse(await run('status', '--json'))).toMatchObject({memories: {total: expect.any(Number)}})
}

if (WHOLE)
  it('installs from the registry into an empty folder, and runs there on this Node and the newest', {
    timeout: 600_000
  }, async () => {
    const {home} = temporaryHome()
    const [prefix, cache] = [join(home, 'prefix'), join(home, 'cache')]
    mkdirSync(prefix)
    const installed = await execa('npm', ['install', '--global', '--prefix', prefix, pack(home)], {
      env: {HOME: home, npm_config_cache: cache},
      reject: false
    })
    expect(installed.exitCode, installed.stderr).toBe(0)
    // npm names here what has a script. Ours is for a checkout: it builds, and here there is nothing that could be built.
    const scripts = [...installed.stderr.matchAll(/install-scripts +(\S+) \((\w+):/g)].map(
      ([, of, name]) => `${of} ${name}`
    )
    expect(scripts.filter((one) => !/^metahuman@\S+ prepare$/.test(one))).toEqual([])
    const bin = join(prefix, 'bin/mh')
    expect(lstatSync(bin).isSymbolicLink()).toBe(true)
    expect(existsSync(join(prefix, 'lib/node_modules/metahuman/src'))).toBe(false)
    for (const node of [process.execPath, newestNode(home)]) await expectFirstMinutes(temporaryHome(), node, bin)
  })
else
  it('what is packed runs by itself, beside what it depends on', {timeout: 120_000}, async () => {
    const home = temporaryHome()
    const prefix = join(home.home, 'prefix')
    mkdirSync(prefix)
    execFileSync('tar', ['-xzf', pack(prefix), '-C', prefix])
    symlinkSync(join(root, 'node_modules'), join(prefix, 'node_modules'))
    await expectFirstMinutes(home, process.execPath, join(prefix, 'package/bin/run.js'))
  })
