/**
 * mh as a library: the same core as the commands, with the same rules. Everything happens in somebody's context, which `asUser`
 * opens; the data root is the one of the commands (`MH_HOME`). docs/library.md tells more.
 *
 *     import {asUser, capture, search} from 'metahuman'
 *
 *     await asUser('ada', async () => {
 *       await capture({content: 'Met Grace', tags: ['people']})
 *       const {results} = await search('grace')
 *     })
 */
import {existsSync} from 'node:fs'
import {enterContext} from './core/backend.ts'
import {noteAssumedRead} from './core/change.ts'
import {closeStore as close, openStore} from './core/open-store.ts'
import {identify} from './core/users/identify.ts'
import {journalPath} from './core/users/journal.ts'

export {
  type Asking,
  type ChatAnswer,
  type Conversation,
  type ConversationOptions,
  openConversation
} from './core/chat/conversation.ts'
export {getUserContext, type Role, requireUserContext, type UserContext, withUserContext} from './core/context.ts'
export {MhError} from './core/errors.ts'
export {type BatchOptions, type BatchResult, captureBatch} from './core/memory/batch.ts'
export {deleteMemories, restoreMemories} from './core/memory/deleting.ts'
export {editMemory, type MemoryEdit} from './core/memory/edit.ts'
export type {EpisodicEvent, EventLink, EventMetadata} from './core/memory/event.ts'
export {
  capture,
  type FoundEvent,
  listMemories,
  type MemoryFilter,
  type NewMemory,
  type SearchAnswer,
  type SearchOptions,
  type ShownMemory,
  searchMemories as search,
  showMemory
} from './core/memory/memories.ts'
export {memoryHistory, undoEdit} from './core/memory/versions.ts'
export {type Notice, onNotice} from './core/notices.ts'
export {type Persona, readPersona} from './core/persona/persona.ts'
export type {TaskFilter} from './core/tasks/store.ts'
export type {Task, TaskFields, TaskPriority, TaskStatus} from './core/tasks/task.ts'
export {addTask, deleteTask, editTask, listTasks, setTaskStatus, showTask, type TaskEdit} from './core/tasks/tasks.ts'
export {exportTraining, type TrainingExportOptions, type TrainingReport} from './core/training/export.ts'

let opened: Promise<void> | undefined

/**
 * Runs `fn` as a person: what is called in it, also after an await, reaches their data and nobody else's. As on the command line no
 * password is asked, and where they are another than the active person their audit trail notes it.
 * @param username undefined stands for MH_USER, else the active person
 * @throws MhError USER_NOT_FOUND (exit 3), NO_USERS, NO_ACTIVE_USER (exit 2), and what `fn` throws
 */
export async function asUser<T>(username: string | undefined, fn: () => Promise<T> | T): Promise<T> {
  opened ??= openStore()
  try {
    await opened
  } catch (error) {
    // A database that cannot be reached now may be the next time.
    opened = undefined
    throw error
  }
  // A change of accounts that a crash interrupted is brought to its end first, as every command does.
  if (existsSync(journalPath())) await (await import('./core/users/finish.ts')).recoverAccounts()
  const {context} = await identify(username)
  return enterContext(context, async () => {
    if (context.assumed !== undefined) await noteAssumedRead()
    return fn()
  })
}

/** Ends the connections to a database that keeps everything (`MH_STORE`), which otherwise keep the program alive; files have none. */
export async function closeStore(): Promise<void> {
  opened = undefined
  await close()
}
