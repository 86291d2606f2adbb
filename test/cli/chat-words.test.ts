import {expect, it} from 'vitest'
import {markMessages} from '../../src/cli/chat-words.ts'

it.each([
  'chat sessions',
  'chat sessions --json',
  'chat sessions -u bob --json',
  'chat show 1234abcd',
  'chat show --user=bob 1234abcd',
  'chat sessions --help',
  'chat hello',
  'chat -- sessions',
  'remember chat sessions'
])('leaves this line as it is: mh %s', (line) => {
  expect(markMessages(line.split(' '))).toEqual(line.split(' '))
})

it.each([
  'chat show me what I did',
  'chat show',
  'chat sessions about Grace',
  'chat sessions -',
  'chat show --no-save it',
  'chat show -- it'
])('takes this for a message: mh %s', (line) => {
  const [first, ...words] = line.split(' ')
  expect(markMessages(line.split(' '))).toEqual([first, '--as-message', ...words])
})
