import {existsSync} from 'node:fs'
import type {UserContext} from '../../context.ts'
import {derivedIndex} from '../../file-index/derived-index.ts'
import {readSettings} from '../../settings.ts'
import {findUserById} from '../../users/accounts.ts'
import type {IndexBuild} from '../index/build.ts'
import {MemoryIndex} from '../index/index.ts'

/** The indexes by which memories are found. */
export const memoryIndex = derivedIndex({
  of: 'memory',
  ending: '.db',
  open: (file, user) => MemoryIndex.open(file, optionsOf(user)),
  create: (file, user) => MemoryIndex.create(file, optionsOf(user)),
  purpose: (user) => JSON.stringify(optionsOf(user))
})

/**
 * Makes the person's index as a whole; the present one answers until then.
 * @param fill puts everything into it
 */
export const rebuildIndex = <T>(user: UserContext, fill: (build: IndexBuild) => Promise<T>): Promise<T> =>
  memoryIndex.rebuild(user, async (file, former) => {
    const {IndexBuild} = await import('../index/build.ts')
    const build = IndexBuild.begin(file, optionsOf(user), existsSync(former) ? former : undefined)
    try {
      const result = await fill(build)
      build.finish()
      return result
    } finally {
      build.close()
    }
  })

function optionsOf(user: UserContext): {language: string; owner: string} {
  return {
    language: readSettings().language,
    owner: [user.username, findUserById(user.userId)?.metadata?.displayName ?? ''].join(' ').trim()
  }
}
