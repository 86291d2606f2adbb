import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {execa} from 'execa'
import {beforeEach, expect, it, onTestFinished} from 'vitest'
import {verifiedTrail} from '../support/audit.ts'
import {type Home, temporaryHome} from '../support/home.ts'
import {BIN, environment, mh, people} from '../support/mh.ts'

/** A trainer: counts the words that follow each other in the answers that it is given, and writes what it counted. */
const TRAINER = `
import {readFileSync, writeFileSync} from 'node:fs'
const [dataset, output, epochs] = process.argv.slice(2)
const lines = readFileSync(dataset + '/train.jsonl', 'utf8').split('\\n').filter((line) => line !== '')
const pairs = {}
for (let epoch = 1; epoch <= Number(epochs); epoch++) {
  for (const line of lines) {
    const {messages} = JSON.parse(line)
    const words = messages.at(-1).content.split(' ')
    for (const [at, word] of words.entries()) if (at > 0) pairs[words[at - 1] + ' ' + word] = epoch
  }
  console.log('epoch ' + epoch + ': ' + Object.keys(pairs).length + ' pairs')
}
console.error('in ' + process.cwd())
writeFileSync(output + '/adapter_model.json', JSON.stringify(pairs))
writeFileSync(process.env.MH_OUTPUT + '/from', process.env.MH_DATASET)
`

let home: Home
let profile: string

beforeEach(async () => {
  home = temporaryHome()
  await people(home, 'ada', 'bob')
  profile = join(home.root, 'profiles/ada')
  writeFileSync(join(home.home, 'trainer.mjs'), TRAINER)
  for (const text of ['Met Grace at the harbour', 'Paid the rent', 'Planted tomatoes'])
    await mh(home, ['capture', text])
})

function trainer(command: string[], more: object = {}): void {
  writeFileSync(join(profile, 'etc/training.json'), JSON.stringify({epochs: 2, baseModel: 'tiny', command, ...more}))
}
const withNode = (...args: string[]): string[] => [process.execPath, join(home.home, 'trainer.mjs'), ...args]

it('a data set is exported, an adapter trained by it, and put on a model', async () => {
  trainer(withNode('{dataset}', '{output}', '{epochs}'))
  const exported = (await mh(home, ['training', 'export', '--json'])).json
  expect(exported).toMatchObject({format: 'chatml', mode: null, train: 2, validation: 1, redacted: 0})

  const ran = await mh(home, ['training', 'run'])
  expect(ran.exitCode).toBe(0)
  expect(ran.stderr).toMatch(/epoch 1: \d+ pairs\nepoch 2: \d+ pairs\n/)
  expect(ran.stderr).toContain(`in ${profile}`)
  const {run, running} = (await mh(home, ['training', 'status', '--json'])).json
  expect(running).toBe(false)
  expect(run).toMatchObject({status: 'done', exitCode: 0, baseModel: 'tiny', dataset: exported.path})
  expect(ran.stdout).toBe(`Trained ${run.name}\n`)
  expect(run.name).toMatch(/^\d{4}-\d\d-\d\d$/)
  expect(readFileSync(run.log, 'utf8')).toContain('epoch 2')
  expect(readFileSync(join(run.output, 'from'), 'utf8')).toBe(exported.path)

  const second = (await mh(home, ['training', 'run', '--json'])).json
  expect(second).toMatchObject({name: `${run.name}-2`, status: 'done'})

  await mh(home, ['model', 'add', 'lab', '--provider', 'ollama', '--model', 'tiny'])
  await mh(home, ['model', 'use', 'lab'])
  expect((await mh(home, ['adapter', 'use', run.name, '--json'])).json).toEqual({
    name: run.name,
    model: 'lab',
    path: run.output
  })
  const models = () => JSON.parse(readFileSync(join(profile, 'etc/models.json'), 'utf8')).models
  expect(models().lab.adapters).toEqual([{name: run.name, path: `out/adapters/${run.name}/adapter`}])
  expect((await mh(home, ['adapter', 'list', '--json'])).json).toEqual([
    {name: second.name, createdAt: second.endedAt, baseModel: 'tiny', active: false, path: expect.any(String)},
    {name: run.name, createdAt: run.endedAt, baseModel: 'tiny', active: true, path: run.output}
  ])
  expect((await mh(home, ['adapter', 'list', '-u', 'bob', '--json'])).json).toEqual([])
  expect((await mh(home, ['adapter', 'use', run.name, '-u', 'bob', '--json'])).json.error.code).toBe(
    'ADAPTER_NOT_FOUND'
  )
  await mh(home, ['adapter', 'use', 'none'])
  expect(models().lab.adapters).toEqual([])

  const trail = verifiedTrail(join(profile, 'logs/audit'))
  expect(trail.map(({event}) => event).filter((event) => /training|adapter/.test(event))).toEqual([
    'training_exported',
    'training_started',
    'training_ended',
    'training_started',
    'training_ended',
    'adapter_used',
    'adapter_used'
  ])
})

it('a command without the words for the folders gets them at its end, and never sees a shell', async () => {
  trainer([
    process.execPath,
    '-e',
    'require("fs").writeFileSync(process.argv[3] + "/args", process.argv.slice(1).join("\\n"))',
    '$(touch shell)'
  ])
  await mh(home, ['training', 'export', '-o', 'data'], {cwd: home.home})
  const {json, exitCode} = await mh(home, ['training', 'run', '--dataset', 'data', '--json'], {cwd: home.home})
  expect(exitCode).toBe(0)
  const output = join(profile, 'out/adapters', json.name, 'adapter')
  expect(readFileSync(join(output, 'args'), 'utf8').split('\n')).toEqual([
    '$(touch shell)',
    join(home.home, 'data'),
    output
  ])
  expect(existsSync(join(profile, 'shell'))).toBe(false)
})

it.each([
  ['no trainer', [], 3, 'NO_TRAINER'],
  ['a trainer that is not there', ['no-such-trainer', '{dataset}', '{output}'], 3, 'TRAINER_NOT_STARTED'],
  ['one that fails', [process.execPath, '-e', 'console.error("out of memory"); process.exit(9)'], 1, 'TRAINER_FAILED'],
  ['one that writes nothing', [process.execPath, '-e', '0'], 1, 'TRAINER_WROTE_NOTHING'],
  ['an unknown word in braces', ['x', '{nothing}', '{output}'], 1, 'UNREADABLE_FILE']
])('%s is told, and makes no adapter', async (_, command, exitCode, code) => {
  trainer(command)
  await mh(home, ['training', 'export'])
  const ran = await mh(home, ['training', 'run', '--json'])
  expect([ran.exitCode, ran.json.error.code]).toEqual([exitCode, code])
  expect((await mh(home, ['adapter', 'list', '--json'])).json).toEqual([])
  if (code === 'TRAINER_FAILED') {
    const {run} = (await mh(home, ['training', 'status', '--json'])).json
    expect(run).toMatchObject({status: 'failed', exitCode: 9})
    expect(readFileSync(run.log, 'utf8')).toBe('out of memory\n')
    expect(ran.json.error.hint).toContain(run.log)
  }
})

it('without a data set nothing is started', async () => {
  trainer(withNode())
  expect((await mh(home, ['training', 'run', '--json'])).json.error.code).toBe('NO_DATASET')
  expect(readdirSync(join(profile, 'out/adapters'))).toEqual([])
})

it("another person's data set is refused", async () => {
  trainer(withNode())
  const {path} = (await mh(home, ['training', 'export', '-u', 'bob', '--json'])).json
  expect((await mh(home, ['training', 'run', '--dataset', path, '--json'])).json.error.code).toBe('PATH_NOT_ALLOWED')
})

/** A trainer that says its process and goes on until it is ended. */
const ENDLESS = [process.execPath, '-e', 'console.log("pid " + process.pid + " "); setInterval(() => {}, 1000)']

function start() {
  const child = execa(process.execPath, [BIN, 'training', 'run'], {
    env: environment(home),
    extendEnv: false,
    reject: false
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const pid = new Promise<number>((resolve) => {
    let seen = ''
    child.stderr?.on('data', (chunk) => {
      seen += chunk
      const [, digits] = /pid (\d+) /.exec(seen) ?? []
      if (digits !== undefined) resolve(Number(digits))
    })
  })
  return {pid, process: child}
}
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

it('Ctrl-C ends the trainer, and the run counts as stopped', async () => {
  trainer(ENDLESS)
  await mh(home, ['training', 'export'])
  const {pid, process: child} = start()
  const trainerPid = await pid
  expect((await mh(home, ['training', 'status', '--json'])).json).toMatchObject({
    running: true,
    run: {status: 'running'}
  })
  expect((await mh(home, ['training', 'run', '--json'])).json.error.code).toBe('TRAINING_RUNS')
  child.kill('SIGINT')
  expect((await child).exitCode).toBe(130)
  expect(isAlive(trainerPid)).toBe(false)
  expect((await mh(home, ['training', 'status', '--json'])).json).toMatchObject({
    running: false,
    run: {status: 'stopped'}
  })
})

it('a run whose mh was killed is no obstacle', async () => {
  trainer(ENDLESS)
  await mh(home, ['training', 'export'])
  const {pid, process: child} = start()
  const trainerPid = await pid
  onTestFinished(() => void (isAlive(trainerPid) && process.kill(trainerPid, 'SIGKILL')))
  child.kill('SIGKILL')
  await child
  expect((await mh(home, ['training', 'status', '--json'])).json).toMatchObject({
    running: false,
    run: {status: 'stopped'}
  })
  trainer(withNode('{dataset}', '{output}', '{epochs}'))
  expect((await mh(home, ['training', 'run'])).exitCode).toBe(0)
})

it('adapters of other tools are listed with their base model, and one whose record is damaged is told and left alone', async () => {
  const folder = join(profile, 'out/adapters')
  mkdirSync(join(folder, '2025-11-06'))
  writeFileSync(
    join(folder, '2025-11-06/adapter_config.json'),
    JSON.stringify({base_model_name_or_path: 'llama', r: 8})
  )
  mkdirSync(join(folder, 'damaged'))
  writeFileSync(join(folder, 'damaged/run.json'), '{"name": ')
  writeFileSync(join(folder, 'latest'), '2025-11-06')
  const {stdout, stderr} = await mh(home, ['adapter', 'list'])
  expect(stdout).toMatch(/^2025-11-06\t\S+\tllama\tno\n$/)
  expect(stderr).toContain('damaged/run.json cannot be read')
  expect(readFileSync(join(folder, 'damaged/run.json'), 'utf8')).toBe('{"name": ')
})
