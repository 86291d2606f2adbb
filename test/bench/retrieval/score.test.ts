import {expect, it} from 'vitest'
import {score} from '../../../bench/retrieval/score.ts'

const ids = (from: number, to: number): string[] => Array.from({length: to - from + 1}, (_, i) => `D9:${from + i}`)

it('scores recall, reciprocal rank, hits and sessions, all together and by category', () => {
  const scores = score([
    {category: 'one', evidence: ['D1:1'], ids: ['D1:1', ...ids(1, 9)]},
    {category: 'one', evidence: ['D1:1', 'D2:2'], ids: ['D2:7', ...ids(1, 6), 'D2:2', ...ids(7, 12), 'D1:1']},
    {category: 'two', evidence: ['D3:1'], ids: []},
    {category: 'two', evidence: ['D3:1'], ids: [...ids(1, 12), 'D3:1']}
  ])
  expect(scores.all).toEqual({
    questions: 4,
    'recall@5': 0.25,
    'recall@10': 0.375,
    'recall@20': 0.75,
    mrr: 0.3005,
    hit10: 0.5,
    sessionHit1: 0.5
  })
  expect(scores.one).toEqual({
    questions: 2,
    'recall@5': 0.5,
    'recall@10': 0.75,
    'recall@20': 1,
    mrr: 0.5625,
    hit10: 1,
    sessionHit1: 1
  })
  expect(scores.two?.['recall@20']).toBe(0.5)
})

it('counts evidence once that is found twice', () => {
  expect(score([{category: 'x', evidence: ['D1:1', 'D1:2'], ids: ['D1:1', 'D1:1']}]).all?.['recall@5']).toBe(0.5)
})

it('takes sessions as the caller names them', () => {
  expect(score([{category: 'x', evidence: ['a1'], ids: ['a2']}], (id) => id.slice(0, 1)).all?.sessionHit1).toBe(1)
})
