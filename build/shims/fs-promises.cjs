// What oclif uses of node:fs/promises, over node:fs: it reads two small files in a run, for which the real module
// would load streams, readline and the thread pool.
const {accessSync, readFileSync, statSync} = require('node:fs')

module.exports = {
  readFile: async (...args) => readFileSync(...args),
  stat: async (...args) => statSync(...args),
  access: async (...args) => accessSync(...args)
}
