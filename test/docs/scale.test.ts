import {globSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'

const root = join(import.meta.dirname, '../..')
const [, chapter = ''] = readFileSync(join(root, 'docs/scale.md'), 'utf8').split('## Distributed by Citus')
const sources = globSync('src/core/postgres/{upgrade,migrations/*}.ts', {cwd: root}).map((file) =>
  readFileSync(join(root, file), 'utf8')
)

it('docs/scale.md says of every table where it lies when the database is distributed', () => {
  const tables = sources.flatMap((text) =>
    [...text.matchAll(/CREATE TABLE (?:IF NOT EXISTS )?(\w+)/g)].map(([, name]) => name)
  )
  expect(tables.length).toBeGreaterThan(20)
  expect(tables.filter((name) => !new RegExp(`['\`]${name}['\`]`).test(chapter))).toEqual([])
})
