// What oclif reads of the commands at each start. The whole manifest holds the text of all help, which costs every run 1 to 2 ms to
// parse; a run that names a command and asks for no help needs ids, aliases and the places of the classes alone (dist/startup.json).
const {readFileSync} = require('node:fs')
const {dirname, join} = require('node:path')

/** Commands that tell of other commands. */
const TELLS_OF_OTHERS = new Set(['help', 'complete', 'autocomplete'])

/** @param file path of oclif.manifest.json */
module.exports.readManifest = async (file) => {
  const args = process.argv.slice(2)
  const slim = mayBeSlim(args) ? readSlim(file) : undefined
  if (slim !== undefined && names(slim.commands, args)) return slim
  return JSON.parse(readFileSync(file, 'utf8'))
}

const mayBeSlim = ([first, ...others]) =>
  first !== undefined &&
  !TELLS_OF_OTHERS.has(first) &&
  !process.env.DEBUG &&
  ![first, ...others].some((word) => word === '--help' || word === '-h')

/** Undefined where it is not there, or was made for another build: the whole one says all that it says. */
function readSlim(file) {
  try {
    return JSON.parse(readFileSync(join(dirname(file), 'dist', 'startup.json'), 'utf8'))
  } catch {
    return undefined
  }
}

const VERSION = new Set(['--version', '-v'])

/** Whether a command stands anywhere on the line: flags with values may stand before it. */
const names = (commands, args) =>
  VERSION.has(args[0]) ||
  args.some((_, at) => [1, 2, 3].some((count) => commands[args.slice(at, at + count).join(':')] !== undefined))
