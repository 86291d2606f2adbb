import type {UserContext} from '../../context.ts'
import {derivedIndex} from '../../file-index/derived-index.ts'
import {readSettings} from '../../settings.ts'
import {findUserById} from '../../users/accounts.ts'
import {MemoryIndex} from '../index/index.ts'

/** The indexes by which memories are found. */
export const memoryIndex = derivedIndex({
  of: 'memory',
  ending: '.db',
  open: (file, user) => MemoryIndex.open(file, optionsOf(user)),
  create: (file, user) => MemoryIndex.create(file, optionsOf(user))
})

function optionsOf(user: UserContext): {language: string; owner: string} {
  return {
    language: readSettings().language,
    owner: [user.username, findUserById(user.userId)?.metadata?.displayName ?? ''].join(' ').trim()
  }
}
