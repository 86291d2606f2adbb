// What oclif reads of the commands at each start. The whole manifest holds the text of all help, which costs every run 1 to 2 ms to
// parse; a run that names a command and asks for no help needs ids, aliases and the places of the classes alone (dist/startup.json).
const {readFileSync} = require('node:fs')
const {dirname, join} = require('node:path')

/** The command of `mh` alone (src/cli/leading-flags.ts). */
const ALONE = 'home'
/** Commands that tell of other commands. */
const TELLS_OF_OTHERS = new Set(['help', 'complete', 'autocomplete'])

/** @param file path of oclif.manifest.json */
module.exports.readManifest = async (file) => {
  const args = process.argv.length > 2 ? process.argv.slice(2) : [ALONE]
  const slim = mayBeSlim(args) ? readSlim(file) : undefined
  if (slim !== undefined) {
    const named = VERSION.has(args[0]) ? {} : namedAtOnce(slim.commands, args)
    if (named !== undefined) return {...slim, commands: named}
    if (namesOne(slim.commands, args)) return slim
  }
  return JSON.parse(readFileSync(file, 'utf8'))
}

const mayBeSlim = (args) =>
  !TELLS_OF_OTHERS.has(args[0]) && !process.env.DEBUG && !args.some((word) => word === '--help' || word === '-h')

/** Undefined where it is not there, or was made for another build: the whole one says all that it says. */
function readSlim(file) {
  try {
    return JSON.parse(readFileSync(join(dirname(file), 'dist', 'startup.json'), 'utf8'))
  } catch {
    return undefined
  }
}

const VERSION = new Set(['--version', '-v'])
/** Of how many words a command's name is. */
const COUNTS = [1, 2, 3]

/**
 * The commands that the line's first words are the names of ("chat" and "chat sessions"), where it is certain that one of them is meant:
 * oclif makes an entry and topics of each command that it is given. Undefined where a word follows that the command does not
 * take, which is answered with what else there is.
 */
function namedAtOnce(commands, args) {
  const named = {}
  let last
  for (const count of COUNTS.filter((count) => count <= args.length)) {
    const id = args.slice(0, count).join(':')
    if (commands[id] === undefined) continue
    named[id] = commands[id]
    last = {...commands[id], next: args[count]}
  }
  if (last === undefined) return undefined
  const takesWords = last.strict === false || Object.keys(last.args).length > 0
  return takesWords || last.next === undefined || last.next.startsWith('-') ? named : undefined
}

/** Whether a command stands anywhere on the line: flags with values may stand before it. */
const namesOne = (commands, args) =>
  args.some((_, at) => COUNTS.some((count) => commands[args.slice(at, at + count).join(':')] !== undefined))
