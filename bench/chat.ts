/**
 * `npm run bench:chat -- [--memories 100000] FOLDER…`: how well recall answers, and what mh adds before a model is asked.
 *
 * Each folder is a conversation as bench/retrieval/run.ts takes it, with an `answer` in each line of questions.jsonl. Without folders only the
 * second part runs: a profile with so many memories, a server on this machine, and the time from a message to its request.
 */
import {spawnSync} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {openConversation} from '../src/core/chat/conversation.ts'
import {withUserContext} from '../src/core/context.ts'
import {tokenize} from '../src/core/memory/text/tokenize.ts'
import {requireUserByName} from '../src/core/users/accounts.ts'
import {contextOf} from '../src/core/users/identify.ts'
import {report} from './figure.ts'

interface Question {
  question: string
  category: string
  evidence: string[]
  answer?: string | number
}

const BIN = join(import.meta.dirname, '../bin/run.js')
const MOST_MS = 60

const {values, positionals: folders} = parseArgs({
  allowPositionals: true,
  options: {memories: {type: 'string', default: '100000'}, json: {type: 'boolean', default: false}}
})
const root = mkdtempSync(join(tmpdir(), 'mh-bench-'))
process.env.MH_HOME = root
process.env.XDG_CACHE_HOME = join(root, 'compile')
try {
  if (folders.length > 0) await measureRecall()
  await measureAdded(Number(values.memories))
} finally {
  rmSync(root, {recursive: true, force: true})
}

/** How often the quoted memories hold the evidence, and the quoted sentences the words of the answer. */
async function measureRecall(): Promise<void> {
  const counts = new Map<
    string,
    {questions: number; evidence: number; quotes: number; answered: number; words: number}
  >()
  for (const [index, folder] of folders.entries()) {
    const username = `conversation-${index}`
    capture(username, turnsOf(folder))
    const questions = linesOf<Question>(join(folder, 'questions.jsonl'))
    await withUserContext(contextOf(requireUserByName(username)), async () => {
      for (const {question, category, evidence, answer} of questions) {
        const {reply, memoriesUsed} = await (await openConversation({model: 'recall', save: false})).ask(question)
        const wanted = tokenize(String(answer ?? ''), 'en')
        const quoted = new Set(tokenize(reply, 'en'))
        for (const group of ['all', category]) {
          const count = counts.get(group) ?? {questions: 0, evidence: 0, quotes: 0, answered: 0, words: 0}
          count.questions++
          count.evidence += memoriesUsed.some(({id}) => evidence.includes(id)) ? 1 : 0
          count.quotes += memoriesUsed.length
          count.answered += wanted.length > 0 && wanted.every((term) => quoted.has(term)) ? 1 : 0
          count.words += wanted.length === 0 ? 0 : wanted.filter((term) => quoted.has(term)).length / wanted.length
          counts.set(group, count)
        }
      }
    })
  }
  console.log(
    ['', 'questions', 'quotes', 'evidence', 'answer', 'its words']
      .map((title, i) => (i === 0 ? title.padEnd(14) : title.padStart(11)))
      .join('')
  )
  for (const [group, {questions, evidence, quotes, answered, words}] of counts)
    console.log(
      group.padEnd(14) +
        [
          String(questions),
          (quotes / questions).toFixed(2),
          ...[evidence, answered, words].map((n) => (n / questions).toFixed(4))
        ]
          .map((cell) => cell.padStart(11))
          .join('')
    )
}

/** From a message to its request, start-up aside. */
async function measureAdded(memories: number): Promise<void> {
  const names = ['Grace', 'Novak', 'Ines', 'Tom', 'Mira', 'Yusuf']
  const things = [
    'boiler',
    'harbour',
    'concert',
    'garden',
    'invoice',
    'bicycle',
    'soup',
    'meeting',
    'novel',
    'train',
    'lease',
    'dentist'
  ]
  const deeds = ['talked about', 'repaired', 'paid for', 'forgot', 'planned', 'argued over', 'laughed about']
  const pick = <T>(from: readonly T[], seed: number): T => from[seed % from.length] as T
  const start = Date.UTC(2020, 0, 1)
  capture(
    'ada',
    Array.from({length: memories}, (_, i) => ({
      id: `evt-${i}`,
      timestamp: new Date(start + i * 1_800_000).toISOString(),
      content: `${pick(names, i * 7)} and I ${pick(deeds, i * 3 + 1)} the ${pick(things, i * 5 + (i >> 4))} and the ${pick(things, i * 11 + 3)}, number ${i}`
    }))
  )
  let arrived = 0
  const server = createServer((request, response) => {
    arrived ||= performance.now()
    request.resume().on('end', () => {
      const chunk = {
        id: '1',
        object: 'chat.completion.chunk',
        created: 0,
        model: 'm',
        choices: [{index: 0, delta: {content: 'Yes.'}, finish_reason: 'stop'}]
      }
      response.writeHead(200, {'content-type': 'text/event-stream'})
      response.end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  writeFileSync(
    join(root, 'profiles/ada/etc/models.json'),
    JSON.stringify({defaults: {persona: 'm'}, models: {m: {provider: 'openai-compatible', model: 'm', baseURL}}})
  )
  const times: number[] = []
  await withUserContext(contextOf(requireUserByName('ada')), async () => {
    for (let i = 0; i < 40; i++) {
      arrived = 0
      const conversation = await openConversation({save: false})
      const asked = performance.now()
      await conversation.ask(
        `When did ${pick(names, i)} and I talk about the ${pick(things, i * 5)} and the ${pick(things, i + 4)}?`
      )
      times.push(arrived - asked)
    }
  })
  server.close()
  const [first = 0, ...others] = times
  const sorted = others.sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0
  const among = `${memories.toLocaleString('en')} memories`
  report({what: `from a message to its request, ${among}, median`, value: at(0.5), unit: 'ms'})
  report({what: `from a message to its request, ${among}, 95th percentile`, value: at(0.95), unit: 'ms', bar: MOST_MS})
  report({what: 'the first of a process, which loads what it needs', value: first, unit: 'ms'})
}

function capture(username: string, events: readonly {id: string; timestamp: string; content: string}[]): void {
  run(['user', 'create', username])
  run(
    ['capture', '--batch', '--user', username],
    events.map((event) => JSON.stringify({type: 'conversation', ...event})).join('\n')
  )
}

function run(args: readonly string[], input = ''): void {
  const {status, stderr} = spawnSync(process.execPath, [BIN, ...args], {input, encoding: 'utf8', maxBuffer: 2 ** 30})
  if (status !== 0) throw new Error(`mh ${args.join(' ')}: ${stderr}`)
}

function turnsOf(folder: string): {id: string; timestamp: string; content: string}[] {
  return linesOf<{id: string; timestamp: string; speaker?: string; content: string}>(
    join(folder, 'memories.jsonl')
  ).map(({id, timestamp, speaker, content}) => ({
    id,
    timestamp,
    content: speaker === undefined ? content : `${speaker}: ${content}`
  }))
}

function linesOf<T>(path: string): T[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as T)
}
