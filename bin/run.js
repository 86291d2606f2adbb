#!/usr/bin/env node
// Starts mh. Any Node can read this file; what it loads needs the version below.
const NEEDED = [24, 15]

const [major, minor] = process.versions.node.split('.').map(Number)
if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) start()
else startOnOwnNode()

function start() {
  const root = __dirname.slice(0, -'/bin'.length)
  const load = require('./load.js').loader(
    require('node:path').join(root, 'dist'),
    compileCacheFolder(),
    process.argv.slice(2)
  )
  load('entry.js')
    .run(root)
    .then(() => process.exit())
}

/**
 * Where compiled code is kept: below the person's own cache. Node's own choice is a folder below /tmp, in which
 * another account could have put code.
 */
function compileCacheFolder() {
  const home = process.env.HOME || require('node:os').homedir()
  const folder = `${process.env.XDG_CACHE_HOME || `${home}/.cache`}/mh/compile`
  const {existsSync, mkdirSync} = require('node:fs')
  try {
    if (!existsSync(folder)) mkdirSync(folder, {recursive: true, mode: 0o700})
    return folder
  } catch {
    return undefined // a home that cannot be written to: mh starts a little slower
  }
}

/** Runs this file again on the Node that a checkout brings (its devDependency `node`), or says what is missing. */
function startOnOwnNode() {
  const {existsSync, realpathSync} = require('fs')
  const binary = process.platform === 'win32' ? 'node.exe' : 'node'
  const own = require('path').join(__dirname, '..', 'node_modules', 'node', 'bin', binary)
  if (!existsSync(own) || realpathSync(own) === realpathSync(process.execPath)) {
    process.stderr.write(
      `mh needs Node ${NEEDED.join('.')} or newer; this is ${process.versions.node} (see nodejs.org).\n`
    )
    process.exitCode = 1
    return
  }
  // What a key at the terminal means, the terminal tells the child too.
  const atTerminal = [0, 1, 2].some((descriptor) => require('tty').isatty(descriptor))
  // Listening before there is a child: a signal that comes right after its start must not end this process alone.
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  for (const signal of ['SIGINT', 'SIGQUIT']) process.on(signal, () => atTerminal || child.kill(signal))
  const child = require('child_process').spawn(own, [__filename, ...process.argv.slice(2)], {stdio: 'inherit'})
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}
