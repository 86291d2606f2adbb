import {ExitError} from '@oclif/core/errors'
import type {Hook} from '@oclif/core/hooks'
import {ux} from '@oclif/core/ux'
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

  const message = `"${[...group, wanted].join(' ')}" is not a command`
  const hint = similar.length
    ? `Did you mean ${alternatives(similar.map((name) => [bin, ...group, name].join(' ')))}?`
    : `See ${[bin, ...group].join(' ')} --help`
  if (argv.includes('--json')) ux.stdout(JSON.stringify({error: {code: 'COMMAND_NOT_FOUND', message, hint}}, null, 2))
  else ux.stderr(`Error: ${message}\n${hint}`)
  throw new ExitError(2)
}

export default hook

/** The longest beginning of what was typed that names a group of commands: ["user"] of ["user", "swich", "bob"]. */
function deepestGroup(typed: string[], ids: string[][]): string[] {
  for (let length = typed.length - 1; length > 0; length--) {
    const group = typed.slice(0, length)
    if (ids.some((known) => known.length > length && startsWith(known, group))) return group
  }
  return []
}

const startsWith = (words: string[], beginning: string[]): boolean => beginning.every((word, at) => words[at] === word)
