import {enterContext} from './backend.ts'
import {openConversation} from './chat/conversation.ts'
import {requireUserContext} from './context.ts'
import {capture, listMemories, memoryStore, type ShownMemory, showMemory} from './memory/memories.ts'
import {requireUser} from './users/accounts.ts'
import {createUser} from './users/create.ts'
import {contextOf} from './users/identify.ts'
import {publicUser} from './users/show.ts'
import type {PublicUser} from './users/user.ts'

export interface Quickstart {
  user: PublicUser
  memory: ShownMemory
  /** What was asked. */
  question: string
  answer: string
  /** Commands to try next. */
  next: string[]
}

const NEXT = [
  'mh capture "what just happened"',
  'mh remember "what I want to know"',
  'mh chat',
  'mh user create <username>',
  'mh status'
]

/**
 * The first minutes: makes the first profile, keeps a first memory and answers a question from it.
 * @param username of the first person
 */
export async function quickstart(username: string): Promise<Quickstart> {
  const user = await createUser({username})
  return enterContext(contextOf(await requireUser(user.username)), resumeQuickstart)
}

/**
 * The same for somebody who has a profile: nothing is changed but what a first run left undone.
 */
export async function resumeQuickstart(): Promise<Quickstart> {
  const {username} = requireUserContext('The first steps')
  const {total} = await memoryStore().counts()
  const memory = total === 0 ? await capture({content: FIRST_MEMORY, tags: ['quickstart']}) : await firstMemory()
  // Whoever began without quickstart is shown that their newest memory is found by what it says.
  const question = memory.content === FIRST_MEMORY ? 'When did I set up mh?' : memory.content
  const conversation = await openConversation({model: 'recall', save: false})
  const {reply} = await conversation.ask(question)
  return {user: publicUser(await requireUser(username)), memory, question, answer: reply, next: NEXT}
}

const FIRST_MEMORY = 'I set up mh today, and this is my first memory.'

/** The memory of the first run, else the newest one. */
async function firstMemory(): Promise<ShownMemory> {
  const {memories} = await listMemories({tag: 'quickstart'}, 1)
  return memories[0] ?? showMemory('@last')
}
