// wsl-utils loads child_process, to find PowerShell, and with is-wsl four ES modules; bundled, each copies all names of
// node:fs, node:os or node:process (1 ms). Where none of the signs that is-wsl looks for is there, the answer is known.
const {existsSync, readFileSync} = require('node:fs')
const {release} = require('node:os')

const names = (text) => text.toLowerCase().includes('microsoft')

function mayBeWsl() {
  if (process.platform !== 'linux') return false
  if (names(release()) || existsSync('/proc/sys/fs/binfmt_misc/WSLInterop') || existsSync('/run/WSL')) return true
  return existsSync('/proc/version') && names(readFileSync('/proc/version', 'utf8'))
}

module.exports = {
  get isWsl() {
    return mayBeWsl() && require('#vendor/wsl-utils').isWsl
  },
  powerShellPath: () => require('#vendor/wsl-utils').powerShellPath()
}
