import {readFileSync} from 'node:fs'
import {expect, it} from 'vitest'
import {score} from '../../../../bench/retrieval/score.ts'
import {ask, emptyIndex, note} from '../index/entries.ts'

interface Notes {
  notes: {id: string; timestamp: string; content: string}[]
  questions: {question: string; evidence: string[]}[]
}

it('finds plain notes by plain questions', async () => {
  const file = new URL('../../../../bench/retrieval/notes.json', import.meta.url)
  const {notes, questions} = JSON.parse(readFileSync(file, 'utf8')) as Notes
  const index = emptyIndex()
  index.put(notes.map(({id, timestamp, content}) => note(id, content, 0, {timestamp: Date.parse(timestamp)})))
  const answered = await Promise.all(
    questions.map(async ({question, evidence}) => ({
      category: 'notes',
      evidence,
      ids: await ask(index, question, {limit: 20, now: Date.UTC(2025, 5, 10)})
    }))
  )
  const all = score(answered).all
  expect(all?.['recall@5']).toBeGreaterThanOrEqual(0.95)
  expect(all?.mrr).toBeGreaterThanOrEqual(0.85)
})
