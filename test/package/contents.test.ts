import {execFileSync, spawnSync} from 'node:child_process'
import {existsSync, globSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {dependenciesPage} from '../../build/dependencies.ts'

const root = join(import.meta.dirname, '../..')
const text = (file: string): string => readFileSync(join(root, file), 'utf8')

interface Locked {
  dev?: boolean
  optional?: boolean
  license?: string
  hasInstallScript?: boolean
}

/** What a person gets who installs the package, by path below the root. */
const installed = (): [string, Locked][] =>
  Object.entries(JSON.parse(text('package-lock.json')).packages as Record<string, Locked>).filter(
    ([path, {dev}]) => path !== '' && dev !== true
  )

describe('the package', () => {
  it('holds what runs and what tells of it, in less than 5 MB', () => {
    const [packed] = JSON.parse(
      execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {cwd: root, encoding: 'utf8'})
    )
    const files = packed.files.map(({path}: {path: string}) => path)
    expect(packed.unpackedSize).toBeLessThan(5_000_000)
    expect(files).toEqual(
      expect.arrayContaining(['bin/run.js', 'dist/entry.js', 'dist/startup.json', 'README.md', 'LICENSE'])
    )
    const others = files.filter(
      (path: string) =>
        !/^(?:bin|dist|profiles)\//.test(path) &&
        !/^(?:[A-Z]+(?:\.md)?|package\.json|oclif\.manifest\.json)$/.test(path)
    )
    expect(others).toEqual([])
    expect(
      files.filter((path: string) => path.startsWith('profiles/') && !/^profiles\/(?:README\.md|starter\/)/.test(path))
    ).toEqual([])
  })

  it('runs no script at installation, of ours or of what it needs', () => {
    const {scripts} = JSON.parse(text('package.json'))
    expect(Object.keys(scripts).filter((name) => /^(?:pre|post)?install$/.test(name))).toEqual([])
    expect(installed().filter(([, {hasInstallScript}]) => hasInstallScript)).toEqual([])
  })

  it('needs nothing whose licence asks more than to be named, and names each', () => {
    const permissive =
      /^(?:0BSD|Apache-2\.0|BlueOak-1\.0\.0|BSD|BSD-2-Clause|BSD-3-Clause|BSD-0-Clause|CC0-1\.0|ISC|MIT|MIT-0|Python-2\.0|Unlicense|WTFPL|Zlib)$/
    const others = installed().filter(
      ([, {license = ''}]) =>
        !license
          .replace(/[()]/g, '')
          .split(' OR ')
          .some((one) => one.split(' AND ').every((part) => permissive.test(part)))
    )
    expect(others).toEqual([])
    expect(text('docs/dependencies.md'), 'npm run dependencies writes it').toBe(dependenciesPage(root))
  })
})

describe('what a server is set up with', () => {
  const commands = JSON.parse(text('oclif.manifest.json')).commands as Record<string, {flags: Record<string, unknown>}>

  it.each(globSync('contrib/*.service', {cwd: root}))('%s starts a command that is there', (file) => {
    const [, line = ''] = /^ExecStart=\/usr\/bin\/env mh (.+)$/m.exec(text(file)) ?? []
    expectCommand(line.split(' '))
    const verified = spawnSync('systemd-analyze', ['verify', join(root, file)], {encoding: 'utf8'})
    // A machine without systemd has nothing to say.
    if (verified.error === undefined) expect([verified.status, verified.stderr]).toEqual([0, ''])
  })

  it('the Dockerfile builds on the Node that the package asks for, and starts a command that is there', () => {
    const dockerfile = text('contrib/Dockerfile')
    const [least] = /\d+/.exec(JSON.parse(text('package.json')).engines.node) ?? []
    for (const [, version] of dockerfile.matchAll(/^FROM node:(\d+)/gm)) expect(version).toBe(least)
    const [, command = '[]'] = /^CMD (\[.*\])$/m.exec(dockerfile) ?? []
    expectCommand(JSON.parse(command))
    for (const [, from = ''] of dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm))
      for (const name of from.split(' ')) expect(existsSync(join(root, name)), name).toBe(true)
  })

  function expectCommand(words: string[]): void {
    const names = words.filter((word) => /^[a-z]+$/.test(word))
    const command = commands[names.join(':')] ?? commands[names[0] ?? '']
    expect(command, words.join(' ')).toBeDefined()
    for (const word of words) if (word.startsWith('--')) expect(command?.flags).toHaveProperty(word.slice(2))
  }
})
