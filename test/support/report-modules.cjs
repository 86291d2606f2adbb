// Preloaded into mh by modules.ts: tells on exit what was loaded.
const {writeFileSync} = require('node:fs')

process.on('exit', () => {
  const builtins = process.moduleLoadList.filter((name) => name.startsWith('NativeModule '))
  const report = {
    files: Object.keys(require.cache),
    builtins: builtins.map((name) => name.slice('NativeModule '.length))
  }
  writeFileSync(process.env.MODULE_REPORT, JSON.stringify(report))
})
