import {ExitError} from '@oclif/core/errors'
import type {Hook} from '@oclif/core/hooks'
import {ux} from '@oclif/core/ux'
import {forTerminal} from '../cli/terminal.ts'
import {alternatives, nearest} from '../core/nearest.ts'

/** Words that are no command end with exit code 2 and the names most like them. */
const hook: Hook.CommandNotFound = async ({argv = [], config, id}) => {
  const {bin} = config
  const typed = id.split(':')
  const ids = [...config.commandIDs, ...config.topics.map(({name}) => name)].map((known) => known.split(':'))
  const group = deepestGroup(typed, ids)
  const names = new Set(ids.filter((known) => startsWith(known, group)).map((known) => known[group.length]))
  const wanted = typed[group.length] ?? ''
  const similar = nearest(
    wanted,
    [...names].filter((name) => name !== undefined)
  )

  const command = typed
    .map((_, length) => typed.slice(0, length).join(':'))
    .findLast((known) => config.findCommand(known) !== undefined)
  if (command !== undefined) return unexpected(command, typed.slice(command.split(':').length), bin, argv)

  const message = `"${[...group, wanted].join(' ')}" is not a command`
  const hint = similar.length
    ? `Did you mean ${alternatives(similar.map((name) => [bin, ...group, name].join(' ')))}?`
    : `See ${[bin, ...group].join(' ')} --help`
  fail('COMMAND_NOT_FOUND', message, hint, argv)
}

export default hook

/** oclif takes the words behind a command that has no arguments for a part of its name. */
function unexpected(command: string, words: readonly string[], bin: string, argv: readonly string[]): never {
  const message = `Unexpected ${words.length === 1 ? 'argument' : 'arguments'}: ${words.join(' ')}`
  fail('USAGE', message, `See ${bin} ${command.replaceAll(':', ' ')} --help`, argv)
}

function fail(code: string, message: string, hint: string, argv: readonly string[]): never {
  if (argv.includes('--json')) ux.stdout(JSON.stringify({error: {code, message, hint}}, null, 2))
  else ux.stderr(forTerminal(`Error: ${message}\n${hint}`, 2))
  throw new ExitError(2)
}

/** The longest beginning of what was typed that names a group of commands: ["user"] of ["user", "swich", "bob"]. */
function deepestGroup(typed: string[], ids: string[][]): string[] {
  for (let length = typed.length - 1; length > 0; length--) {
    const group = typed.slice(0, length)
    if (ids.some((known) => known.length > length && startsWith(known, group))) return group
  }
  return []
}

const startsWith = (words: string[], beginning: string[]): boolean => beginning.every((word, at) => words[at] === word)
