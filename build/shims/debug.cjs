// The debug package, only where somebody asked for its output: loading it takes 1 to 4 ms.
module.exports = process.env.DEBUG
  ? require('#vendor/debug')
  : (namespace) => Object.assign(() => {}, {enabled: false, namespace})
