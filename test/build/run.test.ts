import {copyFileSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {execa} from 'execa'
import {describe, expect, it} from 'vitest'
import {type Home, temporaryHome} from '../support/home.ts'
import {BIN, environment, mh} from '../support/mh.ts'

const OLD_NODE = ['--require', join(import.meta.dirname, '..', 'support', 'old-node.cjs')]

/** A checkout that has nothing but bin/run.js and its own Node, which this puts where it is to be. */
function checkout(putNode?: (path: string) => void): string {
  const folder = temporaryHome().home
  mkdirSync(join(folder, 'bin'))
  copyFileSync(BIN, join(folder, 'bin', 'run.js'))
  if (putNode !== undefined) {
    mkdirSync(join(folder, 'node_modules', 'node', 'bin'), {recursive: true})
    putNode(join(folder, 'node_modules', 'node', 'bin', 'node'))
  }
  return join(folder, 'bin', 'run.js')
}

const script =
  (lines: string) =>
  (path: string): void =>
    writeFileSync(path, `#!/bin/sh\n${lines}\n`, {mode: 0o755})

const runOnOldNode = (bin: string, ...args: string[]) =>
  execa(process.execPath, [...OLD_NODE, bin, ...args], {reject: false})

describe('under a Node that is too old', () => {
  it('mh runs on the Node that the checkout brings, with its arguments, input, output and exit code', async () => {
    const bin = checkout(script('shift; for word; do echo "<$word>"; done; cat; echo oops >&2; exit 7'))
    const ran = await execa(process.execPath, [...OLD_NODE, bin, 'capture', 'two words'], {
      reject: false,
      input: 'piped'
    })
    expect(ran).toMatchObject({stdout: '<capture>\n<two words>\npiped', stderr: 'oops', exitCode: 7})
  })

  it('signals are passed on to it', async () => {
    const ran = runOnOldNode(
      checkout(script('trap "echo stopped; exit 9" TERM; echo ready; for i in $(seq 500); do sleep 0.02; done'))
    )
    ran.stdout.once('data', () => ran.kill('SIGTERM'))
    expect(await ran).toMatchObject({stdout: 'ready\nstopped', exitCode: 9})
  })

  it('mh ends by the signal that ended it', async () => {
    expect(await runOnOldNode(checkout(script('kill -KILL $$')))).toMatchObject({signal: 'SIGKILL'})
  })

  it('one sentence says what is missing where the checkout brings none', async () => {
    const ran = await runOnOldNode(checkout(), 'capture', 'x')
    expect(ran).toMatchObject({stdout: '', exitCode: 1})
    expect(ran.stderr).toBe('mh needs Node 24.15 or newer; this is 20.19.0 (see nodejs.org).')
  })

  it('and where the one it brings is too old itself', async () => {
    const bin = checkout((path) => symlinkSync(process.execPath, path))
    expect((await runOnOldNode(bin, '--version')).stderr).toContain('mh needs Node 24.15 or newer')
  })
})

describe('the compile cache', () => {
  it('lies in a folder of the person alone', async () => {
    const home = temporaryHome()
    await mh(home, ['--version'], {env: {XDG_CACHE_HOME: ''}})
    const folder = join(home.home, '.cache', 'mh', 'compile')
    expect(statSync(folder).mode & 0o777).toBe(0o700)
  })

  it('follows XDG_CACHE_HOME', async () => {
    const home = temporaryHome()
    await mh(home, ['--version'], {env: {XDG_CACHE_HOME: join(home.home, 'caches')}})
    expect(statSync(join(home.home, 'caches', 'mh', 'compile')).isDirectory()).toBe(true)
  })

  const kept = (home: Home, command: string): string =>
    join(home.home, '.cache', 'mh', 'compile', `${command}.${process.version}.bin`)
  const OWN_CACHE = {env: {XDG_CACHE_HOME: ''}}

  it('learns from the first two runs of a command that succeed', async () => {
    const home = temporaryHome()
    await mh(home, ['user', 'whoami'], OWN_CACHE)
    expect(existsSync(kept(home, 'user-whoami'))).toBe(false)
    await mh(home, ['user', 'create', 'ada'], OWN_CACHE)
    const read = async (): Promise<Buffer> => {
      const {stdout} = await mh(home, ['user', 'whoami'], OWN_CACHE)
      expect(stdout).toBe('ada\n')
      return readFileSync(kept(home, 'user-whoami'))
    }
    const first = await read()
    const second = await read()
    expect(second.equals(first)).toBe(false)
    expect((await read()).equals(second)).toBe(true)
    expect(statSync(kept(home, 'user-whoami')).mode & 0o777).toBe(0o600)
  })

  it('is not used where it is damaged, or of another build, and then made anew', async () => {
    const home = temporaryHome()
    await mh(home, ['user', 'create', 'ada'], OWN_CACHE)
    await mh(home, ['user', 'whoami'], OWN_CACHE)
    const file = kept(home, 'user-whoami')
    const whole = readFileSync(file)
    const damaged = Buffer.from(whole)
    damaged.fill(0x55, 5000, 90_000)
    const ofOthers = Buffer.from(whole.toString('latin1').replaceAll('{"build":"', '{"build":"X'), 'latin1')
    for (const bytes of [damaged, ofOthers, whole.subarray(0, 100_000), Buffer.alloc(0)]) {
      writeFileSync(file, bytes)
      expect(await mh(home, ['user', 'whoami'], OWN_CACHE)).toMatchObject({stdout: 'ada\n', stderr: '', exitCode: 0})
      expect(readFileSync(file).length).toBeGreaterThan(whole.length / 2)
      expect(readFileSync(file).equals(bytes)).toBe(false)
    }
  })

  it('is done without where it cannot be made', async () => {
    const home = temporaryHome()
    writeFileSync(join(home.home, 'file'), '')
    const {exitCode, stderr} = await mh(home, ['--version'], {env: {XDG_CACHE_HOME: join(home.home, 'file')}})
    expect({exitCode, stderr}).toEqual({exitCode: 0, stderr: ''})
  })

  it('and where it is no folder', async () => {
    const home = temporaryHome()
    mkdirSync(join(home.home, 'mh'))
    writeFileSync(join(home.home, 'mh', 'compile'), '')
    const {exitCode, stderr} = await mh(home, ['--version'], {env: {XDG_CACHE_HOME: home.home}})
    expect({exitCode, stderr}).toEqual({exitCode: 0, stderr: ''})
  })
})

describe('standard output', () => {
  /** Enough memories that listing them fills more than a pipe holds (64 KiB). */
  async function manyMemories() {
    const home = temporaryHome()
    await mh(home, ['user', 'create', 'ada'])
    const lines = Array.from({length: 400}, (_, line) => `${line} ${'word '.repeat(40)}`).join('\n')
    await mh(home, ['capture', '--batch'], {input: lines})
    return home
  }

  const shell = (script: string, env: Record<string, string>) =>
    execa('/bin/sh', ['-c', script, process.execPath, BIN], {env, extendEnv: false, reject: false})

  it('that nobody reads any more ends nothing with an error', async () => {
    const home = await manyMemories()
    const ran = await shell('{ "$0" "$1" memory list -n 400; echo "exit $?" >&2; } | head -n 1', environment(home))
    expect(ran.stderr).toBe('exit 0')
  })

  it('that another process made non-blocking loses nothing to a slow reader', async () => {
    const home = await manyMemories()
    // Node makes a pipe non-blocking for as long as it runs: the first one here is alive while mh prints.
    const other = `"$0" -e 'process.stdout.write("x"); setTimeout(() => {}, 60000)'`
    const script = `{ ${other} & sleep 0.3; "$0" "$1" memory list -n 400 --json; echo "exit $?" >&2; kill $!; } | { sleep 1.5; cat; }`
    const ran = await shell(script, environment(home))
    expect(ran.stderr).toBe('exit 0')
    expect(JSON.parse(ran.stdout.slice(1)).memories).toHaveLength(400)
  })
})
