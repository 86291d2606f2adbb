import {execFile} from 'node:child_process'
import {cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {type Home, temporaryHome} from '../support/home.ts'
import {BIN, environment, mh, people} from '../support/mh.ts'

type Example = string | {command: string}
const {commands}: {commands: Record<string, {examples?: Example[]}>} = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../oclif.manifest.json'), 'utf8')
)

/** The id that help uses, and files that it names, are there in this home. */
const ID = '9f3a61c2'

/** One transparent pixel. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='

async function seeded(): Promise<Home> {
  const home = temporaryHome()
  await people(home, 'ada', 'bob')
  const memory = JSON.stringify({id: `evt-example-${ID}`, content: 'The boiler was serviced', tags: ['house']})
  await mh(home, ['capture', '--batch'], {input: memory})
  writeFileSync(
    join(home.root, 'profiles/ada/memory/tasks/active', `task-example-${ID}.json`),
    JSON.stringify({id: `task-example-${ID}`, title: 'Call the plumber', status: 'todo'})
  )
  await mh(home, ['capture', 'Deleted'])
  await mh(home, ['memory', 'delete', '@last'])
  for (const username of ['bob', 'ada']) await mh(home, ['user', 'switch', username])
  writeFileSync(join(home.home, 'portrait.png'), Buffer.from(PNG, 'base64'))
  await mh(home, ['user', 'export', 'ada', '--output', join(home.home, 'ada.tar.gz')])
  mkdirSync(join(home.home, 'bin'))
  symlinkSync(BIN, join(home.home, 'bin/mh'))
  symlinkSync(process.execPath, join(home.home, 'bin/node'))
  return home
}

/** A copy of what was made once: making people takes longer than copying them. */
let made: Promise<Home> | undefined
async function copied(): Promise<Home> {
  const first = made === undefined ? undefined : await made
  if (first === undefined) throw new Error('nothing was seeded')
  const home = temporaryHome()
  cpSync(first.home, home.home, {recursive: true, verbatimSymlinks: true})
  cpSync(first.root, home.root, {recursive: true})
  return home
}

/** What runs until it is ended; that it then ends in order shows that it was understood. */
const ENDLESS = /^mh (?:serve|agents start --foreground|agents logs -f)/

function paste(home: Home, line: string): Promise<{exitCode: number; stderr: string}> {
  const env = {...environment(home), PATH: `${join(home.home, 'bin')}:${process.env.PATH}`, EDITOR: 'true'}
  return new Promise((resolve) => {
    const timeout = ENDLESS.test(line) ? 3_000 : 20_000
    const child = execFile('bash', ['-c', line], {env, cwd: home.home, timeout}, (error, _stdout, stderr) =>
      resolve({exitCode: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stderr})
    )
    child.stdin?.end()
  })
}

const lineOf = (example: Example, id: string): string =>
  (typeof example === 'string' ? example : example.command)
    .replaceAll('<%= config.bin %>', 'mh')
    .replaceAll('<%= command.id %>', id.replaceAll(':', ' '))
    // No browser is opened where tests run.
    .replace('serve --open', 'serve')

describe('the examples of the help', () => {
  it('are understood when they are pasted', async () => {
    made = seeded()
    const wrong: string[] = []
    for (const [id, {examples = []}] of Object.entries(commands))
      for (const example of examples) {
        const line = lineOf(example, id)
        const home = await copied()
        const {exitCode, stderr} = await paste(home, line)
        if (line.startsWith('mh agents start')) await mh(home, ['agents', 'stop'])
        // What they name may not be there; how it is said has to be right.
        // Here nobody sits at a terminal: who would be asked there is told so.
        if (/nobody can be asked/i.test(stderr)) continue
        if (exitCode === 2 || exitCode < 0 || stderr.includes('This is a mistake in mh'))
          wrong.push(`${line}: ${exitCode} ${stderr}`)
      }
    expect(wrong).toEqual([])
  }, 300_000)
})
