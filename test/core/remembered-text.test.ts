import {mkdirSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {expect, it} from 'vitest'
import {readRemembered} from '../../src/core/remembered-text.ts'
import {inTemporaryHome} from '../support/home.ts'

it('a text that is remembered is that of the file as it is now, however quickly it changes', () => {
  const path = join(inTemporaryHome().root, 'document.json')
  mkdirSync(dirname(path), {recursive: true})
  expect(readRemembered(path)).toBeUndefined()
  for (let round = 0; round < 300; round++) {
    // The same length each time, in place and by another file of that name.
    const text = String(round).padStart(8, '0')
    if (round % 2 === 0) writeFileSync(path, text)
    else {
      writeFileSync(`${path}.new`, text)
      renameSync(`${path}.new`, path)
    }
    expect([readRemembered(path), readRemembered(path)]).toEqual([text, text])
  }
  rmSync(path)
  expect(readRemembered(path)).toBeUndefined()
})
