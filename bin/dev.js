#!/usr/bin/env node
// mh straight from src/, without a build: Node strips the types. For development; needs the Node of package.json.
const {join} = require('node:path')
const {execute} = require('@oclif/core/execute')
const {settings} = require('@oclif/core/settings')
const pjson = require('../package.json')
const {moveLeadingFlags} = require('../src/cli/leading-flags.ts')

// Node runs the sources itself: oclif shall look for no transpiler.
settings.enableAutoTranspile = false
const source = (file) => file.replace('/dist/', '/src/').replace(/\.js$/, '.ts')
const hooks = Object.fromEntries(Object.entries(pjson.oclif.hooks).map(([event, file]) => [event, source(file)]))
const oclif = {...pjson.oclif, commands: './src/commands', hooks}
execute({
  args: moveLeadingFlags(process.argv.slice(2)),
  loadOptions: {root: join(__dirname, '..'), pjson: {...pjson, oclif}, userPlugins: false, ignoreManifest: true}
})
