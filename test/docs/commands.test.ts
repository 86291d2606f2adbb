import {globSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'

interface Command {
  aliases: string[]
  flags: Record<string, {char?: string; aliases?: string[]}>
}

const root = join(import.meta.dirname, '../..')
const {commands}: {commands: Record<string, Command>} = JSON.parse(
  readFileSync(join(root, 'oclif.manifest.json'), 'utf8')
)
const ids = Object.entries(commands).flatMap(([id, {aliases}]) => [id, ...aliases])
const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...globSync('docs/**/*.md', {cwd: root})]

/** What stands on a page as code: fenced and indented lines, and pieces of a sentence. */
function* codeOf(page: string): Generator<string> {
  let fenced = false
  for (const line of readFileSync(join(root, page), 'utf8').split('\n')) {
    if (line.startsWith('```')) fenced = !fenced
    else if (fenced || line.startsWith('    ')) yield line.trim().replace(/^\$ /, '')
    else for (const [, code = ''] of line.matchAll(/`([^`]+)`/g)) yield code
  }
}

/** The words behind each `mh` of a line of a shell, without what a page says of it. */
function* callsIn(code: string): Generator<string[]> {
  const words = code.replace(/ {2,}.*$/, '').match(/"[^"]*"|'[^']*'|[|;&()]+|[^\s|;&()"']+/g) ?? []
  let call: string[] | undefined
  for (const [at, word] of words.entries()) {
    const begins = at === 0 || /^(?:[|;&(]+|do|[A-Z_]+=\S*)$/.test(words[at - 1] ?? '')
    if (/^[|;&()]+$/.test(word) || (word === 'mh' && begins)) {
      if (call !== undefined) yield call
      call = word === 'mh' ? [] : undefined
    } else call?.push(word.replace(/^\[|\]$/g, ''))
  }
  if (call !== undefined) yield call
}

/** What is wrong with a call, if anything is. */
function mistakeIn(words: readonly string[]): string | undefined {
  const names = words.slice(
    0,
    Math.max(
      0,
      [...words, '-'].findIndex((word) => !/^[a-z]+$/.test(word))
    )
  )
  let length = names.length
  while (length > 0 && !ids.includes(names.slice(0, length).join(':'))) length--
  const id = names.slice(0, length).join(':')
  const command = commands[id] ?? Object.values(commands).find(({aliases}) => aliases.includes(id))
  if (command === undefined)
    return names.length === 0 || (names.length === 1 && ids.some((one) => one.startsWith(`${names[0]}:`)))
      ? undefined
      : 'no such command'
  const known = Object.entries(command.flags).flatMap(([name, {char, aliases = []}]) => [
    `--${name}`,
    ...aliases.map((alias) => `--${alias}`),
    ...(char === undefined ? [] : [`-${char}`])
  ])
  const end = words.indexOf('--')
  const flags = words.slice(length, end < 0 ? undefined : end).filter((word) => /^--?[a-z]/.test(word))
  return flags.map((flag) => flag.replace(/=.*/, '')).find((flag) => !known.includes(flag) && flag !== '--help')
}

it('every script of the package that a page names is there', () => {
  const {scripts} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const named = pages.flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, name = '']) => name)
  )
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([])
})

it('every command that a page shows is there, with the flags that it is shown with', () => {
  const calls = pages.flatMap((page) =>
    [...codeOf(page)].flatMap((code) => [...callsIn(code)].map((call) => ({page, call})))
  )
  expect(calls.length).toBeGreaterThan(200)
  expect(mistakeIn(['capture', 'x', '--no-such-flag'])).toBe('--no-such-flag')
  expect(mistakeIn(['memory', 'recapture'])).toBe('no such command')
  const wrong = calls.flatMap(({page, call}) => {
    const mistake = mistakeIn(call)
    return mistake === undefined ? [] : [`${page}: mh ${call.join(' ')}: ${mistake}`]
  })
  expect(wrong).toEqual([])
})
