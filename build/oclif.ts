import {join} from 'node:path'
import type {Plugin} from 'rolldown'

/** The modules of @oclif/core, whose pinned version the patches below are written for. */
export const OCLIF = /[\\/]@oclif[\\/]core[\\/]lib[\\/].*\.js$/

/**
 * Packages of oclif that a run uses only for help, for errors, or with DEBUG. Each is a file of its own in dist/vendor,
 * reached as `#vendor/name` through the import map of dist/package.json.
 */
export const COLD_PACKAGES = [
  'ansi-escapes',
  'ansis',
  'clean-stack',
  'cli-spinners',
  'debug',
  'ejs',
  'get-package-type',
  'indent-string',
  'lilconfig',
  'minimatch',
  'string-width',
  'supports-color',
  'tinyglobby',
  'widest-line',
  'wordwrap',
  'wrap-ansi',
  'wsl-utils'
]

const shim = (name: string): string => join(import.meta.dirname, 'shims', name)

/** What oclif requires -> what it is given in its place. Each file says why. */
const SHIMS: Record<string, string> = {
  'node:fs/promises': shim('fs-promises.cjs'),
  'wsl-utils': shim('wsl-utils.cjs'),
  debug: shim('debug.cjs'),
  './startup-manifest': shim('startup-manifest.cjs'),
  './write': shim('write.ts'),
  './ux/write': shim('write.ts'),
  '../ux/write': shim('write.ts')
}

/** Whether `source`, as imported by `importer`, is replaced by a file of build/shims. */
export function hasShim(source: string, importer: string | undefined): boolean {
  return importer !== undefined && OCLIF.test(importer) && source in SHIMS
}

interface Patch {
  /** path below @oclif/core/lib */
  file: string
  from: string
  to: string
}

const PATCHES: Patch[] = [
  {
    // shims/startup-manifest.cjs: an ordinary run reads a small part of the manifest.
    file: 'config/plugin.js',
    from: 'await (0, fs_1.readJson)(p)',
    to: 'await require("./startup-manifest").readManifest(p)'
  },
  {
    // A command that runs loads the configuration again, for the case that its plugin brings another oclif: 3 ms. Here there is one.
    file: 'config/config.js',
    from: 'if (isConfig(opts)) {',
    to: 'if (isConfig(opts)) {\n            if (opts._base === BASE) return opts;'
  },
  {
    // The first localeCompare of a process loads ICU's collation: 5 to 7 ms. Ids are ASCII.
    file: 'config/plugin.js',
    from: 'a.id.localeCompare(b.id)',
    to: '(a.id < b.id ? -1 : a.id > b.id ? 1 : 0)'
  },
  {
    // Touching process.stdout opens a stream, with node:tty or node:net: 3.5 ms. shims/write.ts does what this line does
    // once something else touches it.
    file: 'command.js',
    from: `process.stdout.on('error', (err) => {
    if (err && err.code === 'EPIPE')
        return;
    throw err;
});`,
    to: `require("./ux/write").watchStdout();`
  },
  {
    // The same stream again, at the end of every run: there is nothing to flush where nothing has opened it.
    file: 'flush.js',
    from: 'async function _flush() {',
    to: 'async function _flush() {\n    if (!require("./ux/write").stdoutOpened()) return;'
  },
  // Whether to spin or to print lines is asked of process.stderr, and both classes keep process.stdout's write: only for
  // a command that shows such an action.
  {
    file: 'ux/index.js',
    from: `const ACTION_TYPE = (Boolean(process.stderr.isTTY) &&`,
    to: `let action$;
const action = () => (action$ ??= actionType() === 'spinner' ? new spinner_1.default() : new simple_1.default());
const actionType = () => (Boolean(process.stderr.isTTY) &&`
  },
  {
    file: 'ux/index.js',
    from: `exports.action = ACTION_TYPE === 'spinner' ? new spinner_1.default() : new simple_1.default();`,
    to: `Object.defineProperty(exports, "action", { enumerable: true, get: action });`
  },
  {file: 'ux/index.js', from: 'action: exports.action,', to: 'get action() { return action(); },'}
]

/**
 * Makes @oclif/core start faster without changing what it does (test/build compares it with oclif as published). Measured
 * gains are with each patch and in each shim. Fails the build where the text of a patch, or the use of a shim or of a
 * cold package, is no longer found in oclif.
 */
export function oclifStartup(): Plugin {
  const unused = new Set<unknown>([...PATCHES, ...Object.values(SHIMS), ...COLD_PACKAGES])
  return {
    name: 'oclif-startup',
    resolveId(source, importer) {
      if (source.startsWith('#vendor/')) return {id: source, external: true}
      if (!importer || !OCLIF.test(importer)) return null
      const replacement = SHIMS[source]
      if (replacement) {
        unused.delete(replacement)
        if (COLD_PACKAGES.includes(source)) unused.delete(source)
        return {id: replacement}
      }
      if (COLD_PACKAGES.includes(source)) {
        unused.delete(source)
        return {id: `#vendor/${source}`, external: true}
      }
      // oclif asks for the project's TypeScript only when it runs from sources
      return source === 'typescript' ? {id: source, external: true} : null
    },
    transform: {
      filter: {id: OCLIF},
      handler(code, id) {
        const patches = PATCHES.filter(({file}) => id.replaceAll('\\', '/').endsWith(`/core/lib/${file}`))
        if (patches.length === 0) return null
        for (const patch of patches) {
          if (code.split(patch.from).length !== 2) throw new Error(`${id} has not exactly one of: ${patch.from}`)
          code = code.replace(patch.from, () => patch.to)
          unused.delete(patch)
        }
        return {code, map: null}
      }
    },
    buildEnd(error) {
      if (!error && unused.size > 0) throw new Error(`oclif has changed; unused: ${JSON.stringify([...unused])}`)
    }
  }
}
