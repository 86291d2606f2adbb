import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

/**
 * Gives a run a folder for what its tests need again and again: compiled code of the programs that they start (each test has a home of
 * its own, where every first command would compile all that it loads), and people that are copied (`people` in mh.ts).
 * @returns what removes it
 */
export default function shareBetweenTests(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'mh-shared-'))
  process.env.MH_TEST_CACHE = folder
  return () => rmSync(folder, {recursive: true, force: true})
}
