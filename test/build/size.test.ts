import {globSync, readFileSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const dist = join(root, 'dist')
const sizeOf = (pattern: string): number[] =>
  globSync(pattern, {cwd: dist}).map((file) => statSync(join(dist, file)).size)

describe('the bundle', () => {
  it('has one small file a command', () => {
    const sizes = sizeOf('commands/**/*.js')
    expect(sizes.length).toBe(globSync('src/commands/**/*.ts', {cwd: root}).length)
    expect(Math.max(...sizes)).toBeLessThan(20_000)
  })

  it('has oclif and the runtime once, in the file that every run loads', () => {
    expect(sizeOf('entry.js')[0]).toBeLessThan(160_000)
    const withOclif = globSync('**/*.js', {cwd: dist}).filter((file) => /Nonexistent flag/.test(text(file)))
    expect(withOclif).toEqual(['entry.js'])
    expect(globSync('**/rolldown-runtime*', {cwd: dist})).toEqual([])
  })

  it('has what every command loads in one file, and what memories need in another', () => {
    expect(sizeOf('chunks/mh-base-*.js')).toHaveLength(1)
    expect(Math.max(...sizeOf('chunks/mh-base-*.js'))).toBeLessThan(60_000)
    expect(sizeOf('chunks/memories-*.js')).toHaveLength(1)
    expect(Math.max(...sizeOf('chunks/memories-*.js'))).toBeLessThan(160_000)
  })

  it('has nothing but ASCII in what commands load, which Node decodes several times as fast', () => {
    const files = ['entry.js', 'commands/*.js', 'commands/user/*.js', 'chunks/{mh-base,memories,search,status}-*.js']
    const others = globSync(files, {cwd: dist}).filter((file) => /[^\0-\x7f]/.test(text(file)))
    expect(others).toEqual([])
  })

  it('has no file that a library made oversized', () => {
    expect(Math.max(...sizeOf('**/*.js'))).toBeLessThan(600_000)
  })

  it('touches nothing that starts slowly in oclif', () => {
    expect(text('entry.js')).not.toMatch(/localeCompare/)
    expect(text('entry.js')).not.toMatch(/process\.stdout\.on\(`error`,e=>\{if\(e&&/)
  })
})

const text = (file: string): string => readFileSync(join(dist, file), 'utf8')
