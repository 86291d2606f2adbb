import {requireUserContext} from '../../context.ts'
import {withProfileLock} from '../../locks.ts'
import {paths} from '../../paths.ts'
import type {Hit, Located, MemoryIndex} from '../index/index.ts'
import type {FoundMemory, ListRequest, MemoryStore, StoredMemory} from '../store.ts'
import {addEvents} from './add-events.ts'
import {forgetEvents} from './forget.ts'
import {readHistory, undoEvent} from './history.ts'
import {indexBytes, removeIndex, withIndex} from './open-index.ts'
import {readPlaced} from './read-placed.ts'
import {syncFile, syncFolders} from './sync-folders.ts'
import {emptyTrash, restoreEvents, trashEvents, trashedEvents} from './trash.ts'
import {updateEvent} from './update-event.ts'

/** Memories in files, found through an index that is brought up to date at each look. */
export const fileStore: MemoryStore = {
  add: addEvents,
  get: (id) => look(async (view) => (await view.read(() => [view.index.locate(id)])).at(0)?.memory),
  update: async (id, update) => {
    await look(() => undefined)
    return updateEvent(id, update)
  },
  trash: async (ids) => {
    await look(() => undefined)
    return trashEvents(ids)
  },
  restore: async (ids) => {
    await look(() => undefined)
    return restoreEvents(ids)
  },
  trashed: trashedEvents,
  emptyTrash,
  history: readHistory,
  undo: async (id) => {
    await look(() => undefined)
    return undoEvent(id)
  },
  statistics: () =>
    look(({index}) => {
      const {types, tags} = index.tally()
      const {total, unprocessed} = index.counts()
      return {total, unprocessed, byType: types, byTag: tags, indexBytes: indexBytes(requireUserContext().userId)}
    }),
  reindex: async ({full, onProgress, signal}) => {
    const user = requireUserContext('Memories')
    if (full) await withProfileLock(user.userId, () => removeIndex(user.userId))
    return withIndex(user, (index) =>
      syncFolders(user.userId, paths.episodic, index, {
        every: true,
        ...(onProgress === undefined ? {} : {onProgress}),
        ...(signal === undefined ? {} : {signal})
      })
    )
  },
  terms: () => look(({index}) => [...index.terms()]),
  forget: async (ids) => {
    await look(() => undefined)
    return forgetEvents(ids)
  },
  endingWith: (ending, limit) => look(({index}) => index.endingWith(ending, limit).map(({id}) => id)),
  newest: () => look(async (view) => (await view.read(() => [view.index.newest()])).at(0)?.memory),
  list: ({filter, limit, before}: ListRequest) =>
    look(async (view) => (await view.read(() => view.index.list(filter, limit, before))).map(({memory}) => memory)),
  count: (filter) => look(({index}) => index.count(filter)),
  counts: () => look(({index}) => index.counts()),
  search: async (question, request) => {
    const {search} = await import('../search/search.ts')
    return look(async (view) =>
      (await view.read(() => view.index.search(search, question, request))).map(({memory, found}) =>
        withScore(memory, found)
      )
    )
  },
  session: (sessionId) =>
    look(async (view) =>
      (await view.read(() => view.index.list({session: sessionId}, Number.MAX_SAFE_INTEGER)))
        .map(({memory}) => memory)
        .reverse()
    ),
  newestSession: () => look(({index}) => index.newestSession())
}

interface View {
  index: MemoryIndex
  /** The memories that `find` tells, as their files are now. Where a file differs from what the index knew, it is asked again. */
  read<T extends Located>(find: () => (T | undefined)[]): Promise<{memory: StoredMemory; found: T}[]>
}

/** How often files may change while an answer is put together before those that still change are left out. */
const TRIES = 4

async function look<T>(fn: (view: View) => Promise<T> | T): Promise<T> {
  const user = requireUserContext('Memories')
  return withIndex(user, async (index) => {
    const root = paths.episodic
    await syncFolders(user.userId, root, index)
    return fn({
      index,
      async read(find) {
        for (let tries = 1; ; tries++) {
          const found = find().filter((located) => located !== undefined)
          const read = found.map((located) => ({located, file: readPlaced(root, located, user.userId)}))
          const changed = read.filter(
            ({located, file}) => file === undefined || file.mtimeMs !== located.mtimeMs || file.size !== located.size
          )
          if (changed.length === 0 || tries === TRIES) {
            return read.flatMap(({located, file}) =>
              file === undefined
                ? []
                : [{memory: {event: file.event, path: file.path, version: file.version}, found: located}]
            )
          }
          for (const {located} of changed)
            await syncFile(user.userId, root, index, located.folder, located.name, located.id)
        }
      }
    })
  })
}

function withScore(memory: StoredMemory, {score, explain}: Hit): FoundMemory {
  return {...memory, score, ...(explain === undefined ? {} : {explain})}
}
