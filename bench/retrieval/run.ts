/**
 * `npm run bench:retrieval -- [--pooled] [--ablation] FOLDER…`: how well memories are found.
 *
 * Each folder is a conversation: memories.jsonl ({id, timestamp, speaker, content}) and questions.jsonl ({question, category,
 * evidence: ids}). Each becomes a profile of its own in one temporary data root, captured through `mh capture --batch`; every
 * question is asked with the code behind `mh remember`. docs/retrieval.md says where such conversations come from.
 *
 * With MH_STORE=postgres://… (an empty store, prepared by `mh store upgrade`) everything is kept there, and the figures are to be the same.
 *
 * --pooled puts all of them into one profile, --ablation also prints what is found with each part of ranking left out.
 */
import {spawnSync} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {basename, join} from 'node:path'
import {parseArgs} from 'node:util'
import {backend, enterContext} from '../../src/core/backend.ts'
import {memoryIndex} from '../../src/core/memory/files/memory-index.ts'
import {searchMemories} from '../../src/core/memory/memories.ts'
import {closeStore, openStore} from '../../src/core/open-store.ts'
import {requireUser} from '../../src/core/users/accounts.ts'
import {contextOf} from '../../src/core/users/identify.ts'
import {PARTS, searchWith} from './ablation.ts'
import {type Answered, type Scores, score} from './score.ts'

interface Turn {
  id: string
  timestamp: string
  speaker?: string
  content: string
}

interface Question {
  question: string
  category: string
  evidence: string[]
}

const RESULTS = 20
const BIN = join(import.meta.dirname, '../../bin/run.js')

const {
  values: {pooled, ablation},
  positionals: folders
} = parseArgs({
  allowPositionals: true,
  options: {pooled: {type: 'boolean', default: false}, ablation: {type: 'boolean', default: false}}
})
if (folders.length === 0) {
  console.error(
    'Usage: npm run bench:retrieval -- [--pooled] [--ablation] FOLDER…   (folders with memories.jsonl and questions.jsonl)'
  )
  process.exit(2)
}

/** A profile with the questions that are asked in it. */
interface Profile {
  username: string
  questions: Question[]
}

const root = mkdtempSync(join(tmpdir(), 'mh-bench-'))
process.env.MH_HOME = root
process.env.XDG_CACHE_HOME = join(root, 'compile')
try {
  const profiles = makeProfiles()
  await openStore()
  const answered: Answered[] = []
  let strangers = 0
  let milliseconds = 0
  for (const {username, questions} of profiles) {
    const mine = await ask(username, questions)
    strangers += mine.strangers
    milliseconds += mine.milliseconds
    answered.push(...mine.answered)
    console.error(`${username}: ${questions.length} questions, recall@10 ${score(mine.answered).all?.['recall@10']}`)
  }
  print(score(answered))
  console.log(
    `\n${(milliseconds / answered.length).toFixed(1)} ms a question in process; ${strangers} results from another profile`
  )
  if (strangers > 0) process.exitCode = 1
  if (ablation) await printAblation(profiles)
} finally {
  await closeStore()
  rmSync(root, {recursive: true, force: true})
}

function makeProfiles(): Profile[] {
  const profiles: Profile[] = []
  for (const folder of folders) {
    const name = basename(folder).toLowerCase()
    // In one profile, turns of several conversations must not have the same id.
    const prefix = pooled ? `${name}-` : ''
    const username = pooled ? 'everybody' : `conversation-${name}`
    if (!profiles.some((profile) => profile.username === username)) {
      run(['user', 'create', username])
      profiles.push({username, questions: []})
    }
    capture(
      username,
      linesOf<Turn>(join(folder, 'memories.jsonl')).map((turn) => ({...turn, id: prefix + turn.id}))
    )
    const questions = linesOf<Question>(join(folder, 'questions.jsonl'))
    profiles
      .at(-1)
      ?.questions.push(
        ...questions.map((question) => ({...question, evidence: question.evidence.map((id) => prefix + id)}))
      )
  }
  return profiles
}

function capture(username: string, turns: readonly Turn[]): void {
  const lines = turns.map(({id, timestamp, speaker, content}) =>
    JSON.stringify({
      id,
      timestamp,
      type: 'conversation',
      content: speaker === undefined ? content : `${speaker}: ${content}`
    })
  )
  run(['capture', '--batch', '--user', username], lines.join('\n'))
}

function run(args: readonly string[], input = ''): void {
  const {status, stderr} = spawnSync(process.execPath, [BIN, ...args], {input, encoding: 'utf8', maxBuffer: 2 ** 30})
  if (status !== 0) throw new Error(`mh ${args.join(' ')}: ${stderr}`)
}

async function ask(
  username: string,
  questions: readonly Question[]
): Promise<{answered: Answered[]; strangers: number; milliseconds: number}> {
  return enterContext(contextOf(await requireUser(username)), async () => {
    const answered: Answered[] = []
    let strangers = 0
    let milliseconds = 0
    const own = `${backend()?.address ?? join(root, 'profiles')}/${username}/`
    for (const {question, category, evidence} of questions) {
      const {results, tookMs} = await searchMemories(question, {limit: RESULTS})
      strangers += results.filter(({path}) => !path.startsWith(own)).length
      milliseconds += tookMs
      answered.push({category, evidence, ids: results.map(({id}) => id)})
    }
    return {answered, strangers, milliseconds}
  })
}

/** The same questions once for each part that can be left out; over the index alone, without reading the memories' files. */
async function printAblation(profiles: readonly Profile[]): Promise<void> {
  const table: Record<string, Scores> = {}
  for (const [name, changed] of Object.entries(PARTS)) {
    const answered: Answered[] = []
    for (const {username, questions} of profiles) {
      const user = contextOf(await requireUser(username))
      const found = await enterContext(user, () =>
        memoryIndex.use(user, (index) =>
          Promise.all(
            questions.map(({question}) =>
              index.search(searchWith(changed), question, {limit: RESULTS, now: Date.now(), zone: 'UTC'})
            )
          )
        )
      )
      answered.push(
        ...questions.map(({category, evidence}, i) => ({category, evidence, ids: (found[i] ?? []).map(({id}) => id)}))
      )
    }
    const {all} = score(answered)
    if (all !== undefined) table[name] = all
  }
  console.log('')
  print(table)
}

function print(groups: Record<string, Scores>): void {
  const columns = ['questions', 'recall@5', 'recall@10', 'recall@20', 'mrr', 'hit10', 'sessionHit1'] as const
  console.log(['', ...columns].map((title, index) => (index === 0 ? title.padEnd(32) : title.padStart(12))).join(''))
  for (const [group, scores] of Object.entries(groups)) {
    console.log(
      group.padEnd(32) +
        columns
          .map((column) => (column === 'questions' ? String(scores[column]) : scores[column].toFixed(4)).padStart(12))
          .join('')
    )
  }
}

function linesOf<T>(path: string): T[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as T)
}
