import {existsSync, globSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'

const root = join(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8')

it('the page on architecture names only what is there', () => {
  const named = page.match(/\b(?:src|bin|build|test|bench|docs|profiles)\/[\w./-]*\w/g) ?? []
  expect(named.length).toBeGreaterThan(40)
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
})

it('the page on architecture has a row for every room', () => {
  const rooms = [...globSync('src/*/', {cwd: root}), ...globSync('src/core/*/', {cwd: root})]
    .map((path) => path.replace(/\/$/, ''))
    .filter((path) => path !== 'src/hooks')
  expect(rooms.length).toBeGreaterThan(15)
  expect(rooms.filter((room) => !page.includes(`| ${room} |`))).toEqual([])
})

it('links between the pages lead somewhere', () => {
  const pages = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', {cwd: root})]
  const broken = pages.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].flatMap(([, link = '']) =>
      existsSync(join(root, file, '..', link)) ? [] : [`${file}: ${link}`]
    )
  )
  expect(broken).toEqual([])
})
