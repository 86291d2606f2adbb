import {expect, it} from 'vitest'
import {onlyAsks} from '../../../src/core/chat/asking.ts'

it.each([
  'Where did I meet Grace?',
  'where did i meet grace',
  'Tell me about the harbour',
  'please show me what I did yesterday. And when was that?',
  'Do you remember Grace',
  'What was it called? How much did it cost?',
  'can you list my trips',
  'remind me who Novak is',
  'Was hat Grace gesagt?',
  'グレースはどこにいましたか？'
])('knows that this only asks: %s', (text) => {
  expect(onlyAsks(text)).toBe(true)
})

it.each([
  'I met Grace at the harbour',
  'I moved to Lyon last week. What do you think?',
  'When I was in Rome, I met Grace.',
  'What a day!',
  'Grace called',
  'The question is settled.',
  ''
])('knows that this tells something: %s', (text) => {
  expect(onlyAsks(text)).toBe(false)
})
