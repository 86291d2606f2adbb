import {expect, it} from 'vitest'
import {moveLeadingFlags} from '../../src/cli/leading-flags.ts'

it.each([
  ['user whoami', 'user whoami'],
  ['-u bob user whoami', 'user whoami -u bob'],
  ['--user=bob --json remember x', 'remember x --user=bob --json'],
  ['-u bob capture -- --json', 'capture -u bob -- --json'],
  ['capture -u bob x', 'capture -u bob x'],
  ['-u', '-u'],
  ['--json', 'home --json'],
  ['-u bob --json', 'home -u bob --json'],
  ['--help', '--help']
])('mh %s is mh %s', (given, wanted) => {
  expect(moveLeadingFlags(given.split(' ')).join(' ')).toBe(wanted)
})

it('mh alone shows where one stands, or how to begin', () => {
  expect(moveLeadingFlags([])).toEqual(['home'])
})
