import {execFileSync} from 'node:child_process'
import {cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {execa} from 'execa'
import {beforeEach, describe, expect, it} from 'vitest'
import {verifiedTrail} from '../support/audit.ts'
import {type Home, temporaryHome} from '../support/home.ts'
import {environment, mh, people} from '../support/mh.ts'

const root = join(import.meta.dirname, '..', '..')

let home: Home

beforeEach(async () => {
  home = temporaryHome()
  await people(home, 'ada', 'bob')
})

let files: string[] | undefined

/** The files that `npm pack` would put into the package. */
function packed(): string[] {
  files ??= listPacked()
  return files
}

function listPacked(): string[] {
  const told = execFileSync('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], {cwd: root, encoding: 'utf8'})
  const answer: unknown = JSON.parse(told)
  const [first] = Array.isArray(answer) ? answer : Object.values(answer as object)
  return (first as {files: {path: string}[]}).files.map(({path}) => path)
}

/** A project of somebody else's that has the package installed, as it would be published. */
function project(): string {
  const folder = join(home.home, 'project')
  const installed = join(folder, 'node_modules/metahuman')
  mkdirSync(installed, {recursive: true})
  for (const path of packed()) if (!path.startsWith('bin/')) cpSync(join(root, path), join(installed, path))
  symlinkSync(join(root, 'node_modules'), join(installed, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}')
  return folder
}

const runScript = (folder: string, text: string, env: Record<string, string> = {}) => {
  writeFileSync(join(folder, 'script.ts'), text)
  return execa(process.execPath, ['script.ts'], {
    cwd: folder,
    env: environment(home, env),
    extendEnv: false,
    reject: false
  })
}

describe('the package', () => {
  it('works where it is installed: two people at once, each with their own data', async () => {
    const {stdout, stderr} = await runScript(
      project(),
      `
      import {addTask, asUser, capture, getUserContext, listTasks, search, showMemory} from 'metahuman'
      const as = (name: string) => asUser(name, async () => {
        const {id} = await capture({content: \`\${name} met Grace\`, tags: ['people']})
        await addTask({title: \`Call Grace for \${name}\`})
        const {results} = await search('grace')
        const {tasks} = await listTasks({which: 'open'})
        const {content} = await showMemory(id)
        return {found: results.map((one) => one.content), tasks: tasks.map((one) => one.title), content}
      })
      const results = await Promise.all(['ada', 'bob'].map(as))
      console.log(JSON.stringify({results, outside: getUserContext() ?? null}))
      `
    )
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({
      results: ['ada', 'bob'].map((name) => ({
        found: [`${name} met Grace`],
        tasks: [`Call Grace for ${name}`],
        content: `${name} met Grace`
      })),
      outside: null
    })
    expect((await mh(home, ['memory', 'list', '--json'])).json.total).toBe(1)
    const trail = verifiedTrail(join(home.root, 'profiles/bob/logs/audit'))
    expect(trail.filter(({event}) => event === 'profile_assumed')).toHaveLength(1)
  })

  it('gives nothing outside a context, and refuses as the commands do', async () => {
    await mh(home, ['mode', 'set', 'emulation', '-u', 'bob'])
    const {stdout} = await runScript(
      project(),
      `
      import {asUser, capture, MhError, search, withUserContext} from 'metahuman'
      const code = (work: Promise<unknown>) => work.then(() => 'done', (error) => error instanceof MhError && error.code)
      const anonymous = {userId: 'anonymous', username: 'anonymous', role: 'anonymous'} as const
      console.log(JSON.stringify([
        await code(search('grace')),
        await code(withUserContext(anonymous, () => search('grace'))),
        await code(asUser('eve', () => search('grace'))),
        await code(asUser('bob', () => capture({content: 'x'})))
      ]))
      `
    )
    expect(JSON.parse(stdout)).toEqual(['NO_USER_CONTEXT', 'ACCESS_DENIED', 'USER_NOT_FOUND', 'NOT_ALLOWED_IN_MODE'])
  })

  it('chats, and says of a conversation whom it is with', async () => {
    await mh(home, ['capture', 'The spare key is under the mat'])
    const {stdout, stderr} = await runScript(
      project(),
      `
      import {asUser, openConversation} from 'metahuman'
      const answer = await asUser(undefined, async () => (await openConversation()).ask('Where is the spare key?'))
      console.log(JSON.stringify(answer))
      `,
      {MH_USER: 'ada'}
    )
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toMatchObject({
      engine: 'recall',
      saved: true,
      reply: expect.stringContaining('under the mat')
    })
  })

  it('has types: a program that uses it wrongly does not compile, and the example does', async () => {
    const folder = project()
    cpSync(join(root, 'examples/weekly-review.ts'), join(folder, 'right.ts'))
    writeFileSync(
      join(folder, 'wrong.ts'),
      `import {asUser, capture} from 'metahuman'\nawait asUser('ada', () => capture({text: 'x'}))\n`
    )
    symlinkSync(join(root, 'node_modules/@types'), join(folder, 'node_modules/@types'))
    const options = ['--noEmit', '--strict', '--target', 'esnext', '--module', 'nodenext', '--types', 'node']
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const {stdout} = await execa(process.execPath, [tsc, ...options, 'right.ts', 'wrong.ts'], {
      cwd: folder,
      reject: false
    })
    const errors = stdout.split('\n').filter((line) => line.includes('error TS'))
    expect(errors).toEqual([expect.stringMatching(/^wrong\.ts\(2,.*'text' does not exist in type 'NewMemory'/)])
  })

  it('has what it needs, and nothing that a program of others would load in vain', () => {
    const names = packed()
    for (const path of [
      'bin/run.js',
      'dist/entry.js',
      'dist/library/index.js',
      'dist/library/types/library.d.ts',
      'oclif.manifest.json',
      'profiles/README.md'
    ])
      expect(names).toContain(path)
    expect(names.filter((path) => /^(?:src|test|bench|build)\//.test(path))).toEqual([])
    const library = names.filter((path) => /^dist\/library\/.*\.js$/.test(path))
    const text = library.map((path) => readFileSync(join(root, path), 'utf8')).join('\n')
    expect(text).not.toMatch(/from ["'](?:@oclif|hono|@modelcontextprotocol|inquirer|ora)/)
  })
})

describe('the example', () => {
  const example = (env: Record<string, string> = {}) =>
    execa(process.execPath, [join(root, 'examples/weekly-review.ts')], {
      env: environment(home, env),
      extendEnv: false,
      reject: false
    })

  it("reviews one person's week, and keeps the review for them alone", async () => {
    await mh(home, ['capture', 'Met Grace', '--at', '2 days ago'])
    await mh(home, ['capture', 'Long ago', '--at', '2020-01-01'])
    await mh(home, ['task', 'add', 'Call the plumber'])
    await mh(home, ['task', 'done', '@last'])
    await mh(home, ['task', 'add', 'Pay the rent', '--due', '2020-01-01'])
    const {stdout, stderr} = await example()
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^\d{4}-\d\d-\d\d\n {2}Met Grace\nDone\n {2}Call the plumber\nOverdue\n {2}Pay the rent$/)
    expect((await mh(home, ['memory', 'list', '--tag', 'weekly-review', '--json'])).json.total).toBe(1)
    expect((await example({MH_USER: 'bob'})).stdout).toBe('Nothing was kept in the last seven days.')
    expect((await mh(home, ['memory', 'list', '-u', 'bob', '--json'])).json.total).toBe(0)
  })

  it('says what is wrong as the commands do', async () => {
    const {stderr, exitCode} = await example({MH_USER: 'eve'})
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('eve')])
  })
})

it('docs/library.md names what the library gives, and shows what runs', async () => {
  const docs = readFileSync(join(root, 'docs/library.md'), 'utf8')
  const given = Object.keys(await import(join(root, 'dist/library/index.js')))
  expect(given.filter((name) => !docs.includes(`\`${name}`))).toEqual([])
  for (const [, path = ''] of docs.matchAll(/\]\(\.\.\/(examples\/[^)]+)\)/g))
    expect(existsSync(join(root, path))).toBe(true)
  const folder = project()
  for (const [, block = ''] of docs.matchAll(/```ts\n([\s\S]*?)```/g)) {
    const {stderr, exitCode} = await runScript(folder, block)
    expect([block, stderr, exitCode]).toEqual([block, '', 0])
  }
})
