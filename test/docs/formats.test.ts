import {globSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'

const root = join(import.meta.dirname, '..', '..')

it('docs/formats.md lists every audit event that the sources write', () => {
  const listed = readFileSync(join(root, 'docs/formats.md'), 'utf8')
  const written = globSync('src/**/*.ts', {cwd: root}).flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/\bevent: '([a-z_]+)'/g)].map(([, event]) => event)
  )
  expect(written.length).toBeGreaterThan(20)
  expect([...new Set(written)].filter((event) => !listed.includes(`\`${event}\``))).toEqual([])
})
