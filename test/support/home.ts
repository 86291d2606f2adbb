import {mkdirSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {onTestFinished} from 'vitest'

/** A home directory and a data root of a test's own. */
export interface Home {
  home: string
  root: string
}

/** @param whenDone when it is removed; at the test's end where it is missing (`afterAll` in a hook for several tests) */
export function temporaryHome(whenDone: (remove: () => void) => void = onTestFinished): Home {
  const folder = mkdtempSync(join(tmpdir(), 'mh-test-'))
  const home = join(folder, 'home')
  mkdirSync(home)
  whenDone(() => rmSync(folder, {recursive: true, force: true}))
  return {home, root: join(folder, 'root')}
}

/** The same for tests that call core itself: MH_HOME points there while the test runs. */
export function inTemporaryHome(): Home {
  const made = temporaryHome()
  const before = {MH_HOME: process.env.MH_HOME, HOME: process.env.HOME, MH_USER: process.env.MH_USER}
  process.env.MH_HOME = made.root
  process.env.HOME = made.home
  delete process.env.MH_USER
  onTestFinished(() => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  })
  return made
}
