/**
 * docs/dependencies.md: what is installed with the package, and under which licence, from package-lock.json.
 *
 *     node build/dependencies.ts     writes it
 */
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

interface Locked {
  version?: string
  license?: string
  dev?: boolean
}

/** The text of docs/dependencies.md for the package in `root`. */
export function dependenciesPage(root: string): string {
  const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'))
  const direct = new Set(Object.keys(read('package.json').dependencies))
  const packages = Object.entries(read('package-lock.json').packages as Record<string, Locked>).flatMap(
    ([path, {version = '', license = '', dev}]) =>
      path === '' || dev === true ? [] : [{name: path.slice(path.lastIndexOf('node_modules/') + 13), version, license}]
  )
  const rows = (wanted: boolean): string[] =>
    [
      ...new Set(
        packages
          .filter(({name}) => direct.has(name) === wanted)
          .map(({name, version, license}) => `| ${name} | ${version} | ${license} |`)
      )
    ].sort()
  return `# What mh is built on

Written by \`npm run dependencies\` from package-lock.json; a test holds it to that. None runs a script when it is installed.

## Packages that mh uses itself

| package | version | licence |
|---|---|---|
${rows(true).join('\n')}

## Packages that those need

| package | version | licence |
|---|---|---|
${rows(false).join('\n')}
`
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..')
  writeFileSync(join(root, 'docs/dependencies.md'), dependenciesPage(root))
}
