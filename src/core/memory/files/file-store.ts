import {requireUserContext} from '../../context.ts'
import {lookWhenDue} from '../../file-index/held.ts'
import {syncFile, syncFolders} from '../../file-index/sync-folders.ts'
import {withProfileLock} from '../../locks.ts'
import {paths} from '../../paths.ts'
import {readSettings} from '../../settings.ts'
import type {Hit, Located, MemoryIndex} from '../index/index.ts'
import type {FoundMemory, ListRequest, MemoryStore, StoredMemory} from '../store.ts'
import {prepareEvents} from './add-events.ts'
import {readEntry} from './entry.ts'
import {forgetEvents} from './forget.ts'
import {readHistory, undoEvent} from './history.ts'
import {memoryIndex, rebuildIndex} from './memory-index.ts'
import {lookAtPlaced} from './read-placed.ts'
import {emptyTrash, restoreEvents, trashEvents, trashedEvents, trashedIds} from './trash.ts'
import {updateEvent} from './update-event.ts'
import {updateEvents} from './update-events.ts'
import {keepVectors} from './vectors.ts'

/** Memories in files, found through an index that is brought up to date at each look. */
export const fileStore: MemoryStore = {
  add: async (events, audit) => (await prepareEvents(events)).add(audit),
  prepare: prepareEvents,
  get: (id) => look(async (view) => (await view.read(() => [view.index.locate(id)])).at(0)?.memory),
  getAll: (ids) =>
    look(async (view) => (await view.read(() => ids.map((id) => view.index.locate(id)))).map(({memory}) => memory)),
  update: async (id, update) => {
    await look(() => undefined)
    return updateEvent(id, update)
  },
  updateMany: async (updates, audit) => {
    await look(() => undefined)
    return updateEvents(updates, audit)
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
  trashedIds,
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
      return {
        total,
        unprocessed,
        byType: types,
        byTag: tags,
        indexBytes: memoryIndex.bytes(requireUserContext().userId),
        bytes: index.bytes()
      }
    }),
  reindex: async ({full, onProgress, signal}) => {
    const user = requireUserContext('Memories')
    const options = {
      every: true,
      ...(onProgress === undefined ? {} : {onProgress}),
      ...(signal === undefined ? {} : {signal})
    }
    if (!full)
      return memoryIndex.use(user, (index) => syncFolders(user.userId, paths.episodic, index, readEntry, options))
    const {openReader} = await import('./read-ahead.ts')
    const reader = openReader(readSettings().language)
    const report = await rebuildIndex(user, (build) =>
      syncFolders(user.userId, paths.episodic, build, readEntry, {...options, readAhead: reader.read})
    ).finally(reader.end)
    await memoryIndex.use(user, async (index) => {
      // What was written meanwhile went to the former index.
      const {removed} = await syncFolders(user.userId, paths.episodic, index, readEntry)
      // What was forgotten meanwhile was scrubbed out of the former one only.
      if (removed > 0) await withProfileLock(user.userId, () => index.scrub())
    })
    return report
  },
  terms: () => look(({index}) => [...index.terms()]),
  forget: async (ids) => {
    await look(() => undefined)
    return forgetEvents(ids)
  },
  termsFrom: (prefix, limit) => look(({index}) => index.termsFrom(prefix, limit)),
  endingWith: (ending, limit) => look(({index}) => index.endingWith(ending, limit).map(({id}) => id)),
  newest: () => look(async (view) => (await view.read(() => [view.index.newest()])).at(0)?.memory),
  list: ({filter, limit, before}: ListRequest) =>
    look(async (view) => (await view.read(() => view.index.list(filter, limit, before))).map(({memory}) => memory)),
  count: (filter) => look(({index}) => index.count(filter)),
  counts: () => look(({index}) => ({...index.counts()})),
  countBetween: (moments) => look(({index}) => [...index.countBetween(moments)]),
  search: async (question, request) => {
    const {search} = await import('../search/search.ts')
    return look(async (view) =>
      (await view.read(() => view.index.search(search, question, request))).map(({memory, found}) =>
        withScore(memory, found)
      )
    )
  },
  nearest: (request) =>
    look(async (view) => {
      const near = await view.index.nearest(request)
      const scores = new Map(near.map(({id, score}) => [id, score]))
      const read = await view.read(() => near.map(({id}) => view.index.locate(id)))
      return read.map(({memory}) => ({...memory, score: scores.get(memory.event.id) ?? 0}))
    }),
  withoutVector: (model, withPrivate, limit) =>
    look(async (view) => {
      const {count, memories} = view.index.withoutVector(model, withPrivate, limit)
      const read = await view.read(() => memories.map(({id}) => view.index.locate(id)))
      return {count, memories: read.map(({memory}) => memory)}
    }),
  addVectors: keepVectors,
  session: (sessionId) =>
    look(async (view) =>
      (await view.read(() => view.index.list({session: sessionId}, Number.MAX_SAFE_INTEGER)))
        .map(({memory}) => memory)
        .reverse()
    ),
  newestSession: () => look(({index}) => index.newestSession()),
  sessions: (limit) =>
    look(async (view) => {
      const sessions = view.index.sessions(limit)
      const read = await view.read(() => sessions.map(({first}) => first))
      const texts = new Map(read.map(({memory: {event}}) => [event.id, event.content]))
      return sessions.map(({session, turns, startedAt, first}) => ({
        session,
        turns,
        startedAt: new Date(startedAt).toISOString(),
        opening: texts.get(first.id) ?? ''
      }))
    })
}

interface View {
  index: MemoryIndex
  /** The memories that `find` tells, as their files are now. Where a file differs from what the index knew, it is asked again. */
  read<T extends Located>(
    find: () => readonly (T | undefined)[] | Promise<readonly (T | undefined)[]>
  ): Promise<{memory: StoredMemory; found: T}[]>
}

/** How often files may change while an answer is put together before those that still change are left out. */
const TRIES = 4

async function look<T>(fn: (view: View) => Promise<T> | T): Promise<T> {
  const user = requireUserContext('Memories')
  return memoryIndex.use(user, async (index) => {
    const root = paths.episodic
    await lookWhenDue(
      index,
      () => syncFolders(user.userId, root, index, readEntry),
      () => look(() => undefined)
    )
    return fn({
      index,
      async read(find) {
        for (let tries = 1; ; tries++) {
          const found = (await find()).filter((located) => located !== undefined)
          const read = found.map((located) => ({located, file: lookAtPlaced(root, located, user.userId)}))
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
          for (const {located} of changed) await syncFile(user.userId, root, index, readEntry, located)
        }
      }
    })
  })
}

function withScore(memory: StoredMemory, {score, explain}: Hit): FoundMemory {
  return {...memory, score, ...(explain === undefined ? {} : {explain})}
}
