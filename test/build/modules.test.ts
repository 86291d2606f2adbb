import {describe, expect, it} from 'vitest'
import {temporaryHome} from '../support/home.ts'
import {mh} from '../support/mh.ts'
import {loadedBy} from '../support/modules.ts'

/** Whatever these commands load, a person waits for. A new name here wants a measurement (npm run bench:startup). */
const ALLOWED_PACKAGES = ['@noble/hashes', '@oclif/core']
const HEAVY_BUILTINS =
  /^(?:crypto|perf_hooks|child_process|net|tty|http|https|readline|stream|worker_threads|fs\/promises|zlib|url)$/

describe('start-up', () => {
  it.each([
    ['user whoami'],
    ['capture Met Grace about the compiler'],
    ['remember compiler'],
    ['memory list'],
    ['status'],
    ['task list'],
    ['task add Call the plumber'],
    ['user list']
  ])('mh %s loads no package and no module of Node that it does not need', async (line) => {
    const home = temporaryHome()
    await mh(home, ['user', 'create', 'ada'])
    await mh(home, ['capture', 'The compiler is done'])
    const {packages, builtins} = await loadedBy(home, line.split(' '))
    expect(packages.filter((name) => !ALLOWED_PACKAGES.includes(name))).toEqual([])
    expect(builtins.filter((name) => HEAVY_BUILTINS.test(name))).toEqual([])
  })

  it('mh --version loads oclif and nothing else', async () => {
    const {sources, packages} = await loadedBy(temporaryHome(), ['--version'])
    expect(sources.filter((path) => path.startsWith('src/core/'))).toEqual([])
    expect(packages.filter((name) => !ALLOWED_PACKAGES.includes(name))).toEqual([])
  })

  it('mh capture loads neither chat, models, prompts nor the code that makes accounts', async () => {
    const home = temporaryHome()
    await mh(home, ['user', 'create', 'ada'])
    const {sources} = await loadedBy(home, ['capture', 'Met Grace'])
    expect(sources).toContain('src/core/context.ts')
    expect(
      sources.filter((path) => /core\/(?:chat|models)\/|cli\/(?:prompts|editor|converse)|users\/create/.test(path))
    ).toEqual([])
  })
})
