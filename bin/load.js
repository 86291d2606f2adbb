// Loads the files of dist/, with what V8 compiled of them in earlier runs of the same command.
//
// Node's own compile cache keeps what is compiled while a file is loaded. Functions that are called after that are compiled anew by
// every run, which took a fifth of a command's time. Here a file is kept as it is when a run ends, with the functions that it called.
const fs = require('node:fs')
const {dirname, join, sep} = require('node:path')
const {constants, Script} = require('node:vm')

const HEAD = '(function (exports, require, module, __filename, __dirname) {'
const TAIL = '\n})'
/** The first run of a command may have something to make that all later ones find, so the second one adds what it compiled. */
const LEARNING_RUNS = 2
/** V8 wants its data at an address that is a multiple of this. */
const ALIGNMENT = 8

/**
 * Gives a function that loads a file of the folder `dist`, by its name in it, as `require` would. Whatever else the files
 * require, Node loads.
 *
 * @param folder where compiled code is kept; undefined where nothing can be
 * @param args the words of the command line
 */
exports.loader = (dist, folder, args) => {
  const scripts = new Map()
  let kept
  let node
  let isNew = false

  const requireOfNode = () => {
    if (node === undefined) {
      const {createRequire, enableCompileCache} = require('node:module')
      if (folder !== undefined) enableCompileCache(folder)
      node = createRequire(join(dist, 'entry.js'))
    }
    return node
  }

  const requireIn = (place) => {
    const own = (id) => {
      if (id.startsWith('node:')) return require(id)
      const path = id.startsWith('.') ? join(place, id) : id
      return path.startsWith(dist) ? load(path.slice(dist.length + sep.length)) : requireOfNode()(id)
    }
    own.main = require.main
    own.resolve = (...asked) => requireOfNode().resolve(...asked)
    return own
  }

  const load = (name) => {
    const filename = join(dist, name)
    // Node's own, so that what Node loads meets the same modules.
    const known = require.cache[filename]
    if (known !== undefined) return known.exports
    const source = fs.readFileSync(filename, 'utf8')
    // The last line of the first file names the build (build/build.ts).
    kept ??= read(
      folder && join(folder, `${commandOf(dist, args)}.${process.version}.bin`),
      source.slice(source.lastIndexOf('\n') + 1)
    )
    const script = new Script(HEAD + source + TAIL, {
      filename,
      columnOffset: -HEAD.length,
      cachedData: kept.data.get(name),
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER
    })
    // V8 refuses what was made with other options of it.
    if (script.cachedDataRejected !== false) isNew = true
    const module = {exports: {}, filename, loaded: true}
    require.cache[filename] = module
    scripts.set(name, script)
    const place = dirname(filename)
    try {
      script.runInThisContext().call(module.exports, module.exports, requireIn(place), module, filename, place)
    } catch (error) {
      delete require.cache[filename]
      throw error
    }
    return module.exports
  }

  process.on('exit', (code) => {
    // A run that failed is no example of its command.
    if (code === 0 && folder !== undefined && (isNew || kept.runs < LEARNING_RUNS)) write(kept, scripts)
  })
  return load
}

/**
 * Which command the line begins with, as the name of a file. Each has a file of its own: to read what others use costs more than it
 * saves. Behind a command stands what somebody wants kept, which no file is named by.
 */
function commandOf(dist, args) {
  const [first = 'home', second = ''] = args
  if (args.includes('--help') || args.includes('-h')) return 'help'
  if (first === '--version') return 'version'
  const isCommand = (name) => fs.existsSync(join(dist, 'commands', `${name}.js`))
  if (!/^[a-z]+$/.test(first)) return 'others'
  if (/^[a-z-]+$/.test(second) && isCommand(join(first, second))) return `${first}-${second}`
  return isCommand(first) ? first : 'others'
}

/**
 * What was kept for this build: `data` has what V8 made of each file, by its name. A damaged file must not reach V8, which would run
 * what stands there; so all of it is written twice, and compared, which is quicker than any sum that Node has at hand.
 */
function read(file, build) {
  const none = {file, build, runs: 0, data: new Map()}
  try {
    const bytes = fs.readFileSync(file)
    const whole = bytes.subarray(0, bytes.length / 2)
    if (!whole.equals(bytes.subarray(whole.length))) return none
    const end = whole.indexOf('\n')
    const head = JSON.parse(whole.toString('latin1', 0, end))
    if (head.build !== build) return none
    const start = aligned(end + 1)
    const data = head.files.map(([name, at, length]) => [name, whole.subarray(start + at, start + at + length)])
    return {...none, runs: head.runs, data: new Map(data)}
  } catch {
    return none
  }
}

function write({file, build, runs, data}, scripts) {
  const all = new Map(data)
  for (const [name, script] of scripts) all.set(name, script.createCachedData())
  const files = []
  const parts = []
  let at = 0
  for (const [name, bytes] of all) {
    files.push([name, at, bytes.length])
    parts.push(padded(bytes))
    at += aligned(bytes.length)
  }
  const head = padded(Buffer.from(`${JSON.stringify({build, runs: runs + 1, files})}\n`))
  const whole = Buffer.concat([head, ...parts])
  const temporary = `${file}.${process.pid}`
  try {
    fs.writeFileSync(temporary, Buffer.concat([whole, whole]), {mode: 0o600, flush: true})
    fs.renameSync(temporary, file)
  } catch {
    discard(temporary) // no room, say: the next run compiles again
  }
}

function discard(file) {
  try {
    fs.unlinkSync(file)
  } catch {} // it was not made
}

const aligned = (length) => Math.ceil(length / ALIGNMENT) * ALIGNMENT

const padded = (bytes) => Buffer.concat([bytes], aligned(bytes.length))
