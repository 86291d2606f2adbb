import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {runInNewContext} from 'node:vm'
import {build, type Plugin} from 'rolldown'
import {describe, expect, it} from 'vitest'
import {dataModules} from '../../build/data-modules.ts'
import {lazyRequires} from '../../build/lazy-requires.ts'
import {temporaryHome} from '../support/home.ts'

/** Bundles these files, the first one as entry, and returns the code of the result. */
async function bundled(files: Record<string, string>, plugin: Plugin): Promise<string> {
  const folder = temporaryHome().home
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const input = join(folder, Object.keys(files)[0] ?? '')
  const external = (id: string): boolean => id.startsWith('ext-')
  const {output} = await build({
    input,
    external,
    plugins: [plugin],
    output: {format: 'cjs'},
    write: false,
    logLevel: 'silent'
  })
  return output[0].code
}

describe('lazy requires', () => {
  const plugin = lazyRequires(/\.js$/)

  /** Runs a module and returns what it exports and, in order, what it required. */
  async function run(text: string): Promise<{exports: Record<string, unknown>; required: string[]}> {
    const code = await bundled({'main.js': text}, plugin)
    const required: string[] = []
    const module = {exports: {} as Record<string, unknown>}
    const require = (name: string): unknown => {
      required.push(name)
      return {name, shout: (text: string) => text.toUpperCase()}
    }
    runInNewContext(code, {module, exports: module.exports, require})
    return {exports: module.exports, required}
  }

  it('are made when the name is first used, and once', async () => {
    const {exports, required} = await run(`
      const a = require('ext-a'); const b = require('ext-b')
      module.exports = {shout: (text) => (0, a.shout)(text) + a.name, pass: () => ({a, b: 1})}
    `)
    expect(required).toEqual([])
    const {shout, pass} = exports as {shout: (text: string) => string; pass: () => {a: {name: string}; b: number}}
    expect(shout('x')).toBe('Xext-a')
    expect(pass().a.name).toBe('ext-a')
    expect(pass().b).toBe(1)
    expect(required).toEqual(['ext-a'])
  })

  it('stay where they are in a statement of their own', async () => {
    expect((await run(`require('ext-now'); module.exports = {}`)).required).toEqual(['ext-now'])
  })

  it('leave properties of the same name alone', async () => {
    const {exports} = await run(`
      const a = require('ext-a'); const thing = {a: 1, a2: {a: 2}}
      module.exports = {sum: thing.a + thing.a2.a, name: a.name}
    `)
    expect(exports).toEqual({sum: 3, name: 'ext-a'})
  })

  it('fail the build where the name means something else further down', async () => {
    const text = `const a = require('ext-a'); module.exports = [(a) => a, a]`
    await expect(bundled({'main.js': text}, plugin)).rejects.toThrow(
      'a is required at the top and declared again below'
    )
  })
})

describe('data modules', () => {
  it('are replaced by what they export, without what computed it', async () => {
    const code = await bundled(
      {
        'main.ts': `import lists, {WORDS} from './lists.data.ts'\nconsole.log(lists, WORDS)`,
        'lists.data.ts': `import {stem} from './stem.ts'\nexport const WORDS: string[] = ['cats', 'dogs'].map(stem)\nexport default {a: null}`,
        'stem.ts': `export const stem = (word: string): string => word.slice(0, -1)`
      },
      dataModules()
    )
    expect(code).toContain(`console.log({ "a": null }, ["cat", "dog"])`)
    expect(code).not.toContain('slice')
  })

  it.each(['new Map()', 'new Date(0)', '{a: undefined}', '() => 1', 'Number.NaN'])(
    'fail the build on %s',
    async (value) => {
      const files = {'main.ts': `export * from './a.data.ts'`, 'a.data.ts': `export const VALUE = ${value}`}
      await expect(bundled(files, dataModules())).rejects.toThrow('the export VALUE is not plain JSON')
    }
  )
})
