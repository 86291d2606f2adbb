import {execFile} from 'node:child_process'
import {chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {beforeEach, expect, it} from 'vitest'
import {type Home, temporaryHome} from '../support/home.ts'
import {BIN, environment, mh, people} from '../support/mh.ts'

const RECIPES = readFileSync(join(import.meta.dirname, '../../docs/recipes.md'), 'utf8')

let home: Home
let bin: string

beforeEach(async () => {
  home = temporaryHome()
  bin = join(home.home, 'bin')
  mkdirSync(bin)
  symlinkSync(BIN, join(bin, 'mh'))
  symlinkSync(process.execPath, join(bin, 'node'))
  await people(home, 'ada', 'bob')
})

/** The block of the page that begins with this remark (after a #! line). */
function recipe(name: string): string {
  const blocks = [...RECIPES.matchAll(/```(?:sh|crontab)\n([\s\S]*?)```/g)].map(([, block = '']) => block)
  const found = blocks.find((block) => block.replace(/^#!.*\n/, '').startsWith(`# ${name}`))
  if (found === undefined) throw new Error(`there is no recipe ${name}`)
  return found
}

/** A program in the place of one that this machine may not have. */
function stub(name: string, script: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(bin, name), 0o755)
}

function shell(script: string, env: Record<string, string> = {}, cwd = home.home): Promise<string> {
  return new Promise((resolve, reject) =>
    execFile(
      'bash',
      ['-c', script],
      {cwd, env: {...environment(home), PATH: `${bin}:${process.env.PATH}`, ...env}},
      (error, stdout, stderr) => (error === null ? resolve(stdout) : reject(new Error(`${error.message}\n${stderr}`)))
    )
  )
}

const memories = async (username: string): Promise<{content: string; type: string; tags: string[]}[]> =>
  (await mh(home, ['memory', 'list', '-u', username, '--json'])).json.memories

it('what is in the clipboard is kept', async () => {
  stub('xclip', 'printf "copied text\\n"')
  await shell(recipe('clipboard'))
  expect(await memories('ada')).toMatchObject([{content: 'copied text', tags: ['clipboard']}])
  expect(await memories('bob')).toEqual([])
})

/** The command of a line for cron, with mh where this test has it. */
function cronCommand(name: string): string {
  const line = recipe(name).trim().split('\n').at(-1) ?? ''
  const command = line.replace(/^(?:\S+\s+){5}/, '').replace('PATH=/usr/local/bin', `PATH=${bin}`)
  expect(command).not.toMatch(/(?<!\\)%/)
  return command
}

it('cron keeps something for the person that its line names', async () => {
  const command = cronCommand('m h dom mon dow')
  // Cron gives a command nearly nothing.
  await shell(command.replace('MH_USER=ada', 'MH_USER=bob'), {})
  expect(await memories('bob')).toMatchObject([{tags: ['disk'], content: expect.stringContaining('/')}])
  expect(await memories('ada')).toEqual([])
})

it('cron backs up everybody, and says nothing where all is well', async () => {
  await mh(home, ['capture', '-u', 'bob', 'Of Bob'])
  expect(await shell(cronCommand('backup'))).toBe('')
  const {json} = await mh(home, ['backup', 'list', '--json'])
  expect(json).toMatchObject([{users: ['ada', 'bob']}])
})

it('the journal shows the day and takes what is written in the editor', async () => {
  stub('my-editor', 'echo "A quiet day" > "$1"')
  await mh(home, ['capture', 'Met Grace'])
  const shown = await shell(`${recipe('journal')}\njournal`, {EDITOR: 'my-editor'})
  expect(shown).toContain('Met Grace')
  expect(await memories('ada')).toMatchObject([{content: 'A quiet day', type: 'journal', tags: ['journal']}, {}])
})

it('fzf gets a line a memory, and what is chosen is shown whole', async () => {
  await mh(home, ['capture', 'The plumber came\nand went'])
  await mh(home, ['capture', 'Met Grace'])
  stub('fzf', 'grep plumber')
  expect(await shell(`${recipe('fzf')}\nmemory plumber`)).toContain('The plumber came\nand went')
})

it('the git hook keeps every commit', async () => {
  const repository = join(home.home, 'garden')
  const git = 'git -c user.name=Ada -c user.email=ada@example.org -c init.defaultBranch=main'
  await shell(`${git} init -q ${repository}`)
  const hook = join(repository, '.git/hooks/post-commit')
  writeFileSync(hook, recipe('post-commit'))
  chmodSync(hook, 0o755)
  await shell(`${git} commit -q --allow-empty -m 'Plant the tomatoes'`, {}, repository)
  let kept = await memories('ada')
  for (let tries = 0; kept.length === 0 && tries < 50; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    kept = await memories('ada')
  }
  expect(kept).toMatchObject([
    {content: expect.stringMatching(/^Plant the tomatoes \([0-9a-f]+ in garden\)$/), type: 'action', tags: ['git']}
  ])
})

it('what is due is told', async () => {
  await mh(home, ['task', 'add', 'Today', '--due', 'today'])
  await mh(home, ['task', 'add', 'Next year', '--due', 'in 400 days'])
  expect(await shell(recipe('due'))).toMatch(/^task-.*\tToday\t\n$/)
  if ((await shell('command -v jq || true')) !== '')
    expect(await shell('mh task list --due today --json | jq length')).toBe('1\n')
})

it('one script serves two people, each alone', async () => {
  await shell(recipe('two people'))
  for (const username of ['ada', 'bob']) {
    expect(await memories(username)).toMatchObject([{tags: ['house']}])
    expect((await mh(home, ['task', 'list', '-u', username, '--json'])).json).toHaveLength(1)
  }
  expect((await mh(home, ['user', 'whoami'])).stdout).toBe('ada\n')
})

it('a loop over the lines of a file keeps its input', async () => {
  writeFileSync(join(home.home, 'notes.txt'), 'one\ntwo\nthree\n')
  await shell(recipe('lines'))
  expect((await memories('ada')).map(({content}) => content)).toEqual(['three', 'two', 'one'])
  await shell('mh capture -u bob --batch --tag import < notes.txt')
  expect((await memories('bob')).map(({content}) => content)).toEqual(['three', 'two', 'one'])
})

it('every recipe of the page has a test', () => {
  const names = [...RECIPES.matchAll(/```(?:sh|crontab)\n(?:#!.*\n)?# (.*)/g)].map(([, name]) => name)
  expect(names).toEqual([
    'clipboard',
    'm h dom mon dow  command',
    'backup: m h dom mon dow  command',
    'journal',
    'fzf',
    'post-commit',
    'due',
    'two people',
    'lines'
  ])
})
