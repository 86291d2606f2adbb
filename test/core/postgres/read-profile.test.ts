import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {beforeAll, expect, it} from 'vitest'
import {backend, enterContext} from '../../../src/core/backend.ts'
import type {UserContext} from '../../../src/core/context.ts'
import {inbox} from '../../../src/core/inbox/inbox.ts'
import {memoryStore, newEvent} from '../../../src/core/memory/memories.ts'
import {systemPaths} from '../../../src/core/system-paths.ts'
import {describeWithPostgres, inTemporaryStore, type TestDatabase, testDatabase} from '../../support/postgres.ts'
import {makePeople} from '../../support/profile.ts'

describeWithPostgres('A profile of the database as files', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await testDatabase()
  })

  const asFiles = async ({userId}: UserContext): Promise<string> => {
    const folder = join(systemPaths.root, 'profile')
    await backend()?.writeProfile(userId, folder)
    return folder
  }
  const textsIn = (folder: string): string[] =>
    readdirSync(folder)
      .sort()
      .map((name) => readFileSync(join(folder, name), 'utf8'))

  it('has everything that went to the archive of one day by the same name, and why something was set aside', async () => {
    await inTemporaryStore(database)
    const {ada} = await makePeople('ada')
    await enterContext(ada, async () => {
      for (const text of ['first', 'second']) {
        await inbox().add('notes.txt', Buffer.from(text))
        for (const item of await inbox().list()) await inbox().archive(item, '2026-05-04')
      }
      await inbox().add('odd.bin', Buffer.from('odd'))
      for (const item of await inbox().list()) await inbox().setAside(item, '2026-05-04', 'it is odd')
      const folder = join(await asFiles(ada), 'memory/inbox')
      expect(textsIn(join(folder, '_archive/2026-05-04'))).toEqual(expect.arrayContaining(['first', 'second']))
      expect(textsIn(join(folder, '_failed/2026-05-04'))).toEqual(['odd', 'odd.bin: it is odd\n'])
    })
  })

  it('has each of the memories that one id had in the trash', async () => {
    await inTemporaryStore(database)
    const {ada} = await makePeople('ada')
    await enterContext(ada, async () => {
      for (const content of ['before', 'after']) {
        await memoryStore().add([newEvent({content}, 'evt-1', '2026-05-04T10:00:00.000Z')], () => ({
          category: 'data',
          event: 'tested'
        }))
        await memoryStore().trash(['evt-1'])
      }
      const folder = join(await asFiles(ada), 'memory/trash/2026/05')
      expect(existsSync(join(folder, 'evt-1.json'))).toBe(true)
      expect(textsIn(folder).map((text) => JSON.parse(text).content)).toEqual(
        expect.arrayContaining(['before', 'after'])
      )
    })
  })
})
