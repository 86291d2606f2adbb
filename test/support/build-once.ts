import {execFileSync} from 'node:child_process'
import {globSync, statSync} from 'node:fs'
import {join} from 'node:path'

const root = join(import.meta.dirname, '..', '..')

/** Builds dist/ before the tests where something that goes into it is newer. */
export default function buildOnce(): void {
  const built = statSync(join(root, 'dist', 'entry.js'), {throwIfNoEntry: false})?.mtimeMs ?? 0
  const sources = globSync(['package.json', 'package-lock.json', '{src,build,profiles/starter}/**/*'], {cwd: root})
  if (sources.every((file) => statSync(join(root, file)).mtimeMs <= built)) return
  execFileSync(process.execPath, [join(root, 'build', 'build.ts')], {stdio: 'inherit'})
}
