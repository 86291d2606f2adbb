import {mkdirSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {onTestFinished} from 'vitest'

/** A home directory and a data root of a test's own, removed when the test ends. */
export interface Home {
  home: string
  root: string
}

export function temporaryHome(): Home {
  const folder = mkdtempSync(join(tmpdir(), 'mh-test-'))
  const home = join(folder, 'home')
  mkdirSync(home)
  onTestFinished(() => rmSync(folder, {recursive: true, force: true}))
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
