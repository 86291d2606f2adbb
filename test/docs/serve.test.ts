import {globSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'

const root = join(import.meta.dirname, '../..')

it('docs/serve.md names every route of the API', () => {
  const page = readFileSync(join(root, 'docs/serve.md'), 'utf8')
  const routes = globSync('src/http/api/*.ts', {cwd: root}).flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/path: '(\/api\/[^']+)'/g)].map(([, path = '']) => path)
  )
  expect(routes.length).toBeGreaterThan(30)
  // Those that differ in their last word only stand together: `POST /api/auth/register`, `login`.
  const named = (route: string): boolean =>
    page.includes(route) || page.includes(`\`${route.slice(route.lastIndexOf('/') + 1)}\``)
  expect(routes.filter((route) => !named(route))).toEqual([])
})
