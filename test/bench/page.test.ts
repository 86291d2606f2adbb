import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import type {Figure} from '../../bench/figure.ts'
import {fill} from '../../bench/page/fill.ts'
import {plot} from '../../bench/page/plot.ts'
import {SECTIONS} from '../../bench/page/sections.ts'
import {table} from '../../bench/page/table.ts'

const root = join(import.meta.dirname, '../..')

describe('the page of figures', () => {
  it('has a place for every bench, and a script stands behind each', () => {
    const page = readFileSync(join(root, 'docs/performance.md'), 'utf8')
    const {scripts} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    for (const {name} of SECTIONS) {
      expect(fill(page, name, 'new')).toContain(`<!-- ${name} -->\nnew\n<!-- /${name} -->`)
      expect(existsSync(join(root, 'bench', `${name}.ts`)), name).toBe(true)
      expect(scripts[`bench:${name}`]).toBe(`node bench/${name}.ts`)
    }
  })

  it('keeps what was written by hand', () => {
    const page = 'before\n<!-- a -->\nold\n<!-- /a -->\nafter\n'
    expect(fill(page, 'a', 'new')).toBe('before\n<!-- a -->\nnew\n<!-- /a -->\nafter\n')
    expect(() => fill(page, 'b', 'new')).toThrow(/no place/)
  })

  it('says how many times as much something costs, of rates too, and what is missed', () => {
    const slow: Figure = {what: 'mh capture', value: 90, unit: 'ms', beside: {what: 'node -e 0', value: 30}, bar: 2.3}
    const rate: Figure = {what: 'captures', value: 250, unit: 'a second', beside: {what: 'disk', value: 1000}, bar: 4}
    const least: Figure = {what: 'memories', value: 499, unit: 'a second', bar: 500}
    const [, , ...rows] = table([slow, rate, least]).split('\n')
    expect(rows.map((row) => row.split('|').map((cell) => cell.trim()))).toEqual([
      ['', '`mh capture`', '90 ms', '`node -e 0`: 30 ms', '× 3', 'at most × 2.30, **missed**', ''],
      ['', 'captures', '250 a second', 'disk: 1,000 a second', '× 4', 'at most × 4', ''],
      ['', 'memories', '499 a second', '', '', 'at least 500 a second, **missed**', '']
    ])
  })

  it('shows growth as columns, and as a picture that stays within its frame', () => {
    const figures = [1000, 10_000].flatMap((memories): Figure[] => [
      {what: 'mh remember', value: memories / 100, unit: 'ms', memories, peakMb: 60},
      {what: 'a & b', value: memories / 90, unit: 'ms', memories}
    ])
    const [head, , ...rows] = table(figures)
      .split('\n')
      .map((row) => row.replaceAll(/ +/g, ' '))
    expect([head, ...rows]).toEqual([
      '| memories | 1,000 | 10,000 |',
      '| `mh remember` | 10 ms (60 MB) | 100 ms (60 MB) |',
      '| a & b | 11.1 ms | 111 ms |'
    ])
    const svg = plot(figures)
    expect(svg).toContain('a &amp; b')
    const [, width = 0, height = 0] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg)?.map(Number) ?? []
    for (const [, x, y] of svg.matchAll(/cx="([\d.]+)" cy="([\d.]+)"/g)) {
      expect(Number(x)).toBeLessThan(width)
      expect(Number(y)).toBeLessThan(height)
    }
    expect([...svg.matchAll(/<circle/g)]).toHaveLength(4)
  })
})
