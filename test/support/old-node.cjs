// Preloaded by run.test.ts: makes the running Node say that it is an old one.
Object.defineProperty(process.versions, 'node', {value: '20.19.0'})
