import {truncateSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {withUserContext} from '../../../../src/core/context.ts'
import {capture, memoryStore} from '../../../../src/core/memory/memories.ts'
import {paths} from '../../../../src/core/paths.ts'
import {inTemporaryHome} from '../../../support/home.ts'
import {makePeople} from '../../../support/profile.ts'

const MIB = 1024 * 1024

it('forgetting looks through files of every size, also where the text lies across what is read at once', async () => {
  inTemporaryHome()
  const {ada} = await makePeople('ada')
  await withUserContext(ada, async () => {
    const text = 'The swordfish is under the stairs'
    const {id} = await capture({content: text})
    const [large, across, other] = ['model.bin', 'across.txt', 'other.txt'].map((name) => join(paths.root, name)) as [
      string,
      string,
      string
    ]
    writeFileSync(large, text)
    // More than a process can read at once; what follows the text are holes, which take no room.
    truncateSync(large, 2049 * MIB)
    const before = ' '.repeat(MIB - 10)
    writeFileSync(across, before + text)
    writeFileSync(other, before + text.replace('stairs', 'roof'))
    const {forgotten, remaining} = await memoryStore().forget([id])
    expect(forgotten).toEqual([id])
    expect(remaining.map(({path}) => path).sort()).toEqual([across, large])
  })
})
