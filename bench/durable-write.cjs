// What `mh capture` cannot do without, alone: one file written durably into the folder given as argument.
const fs = require('node:fs')

const folder = process.argv[2]
const name = `${process.pid}.json`
const temporary = `${folder}/${name}.tmp`

const file = fs.openSync(temporary, 'wx', 0o600)
fs.writeSync(file, JSON.stringify({timestamp: new Date().toISOString(), content: 'Lunch with Grace at the harbour'}))
fs.fsyncSync(file)
fs.closeSync(file)
fs.renameSync(temporary, `${folder}/${name}`)
const directory = fs.openSync(folder, 'r')
fs.fsyncSync(directory)
fs.closeSync(directory)
