import {backend} from '../backend.ts'
import {fileInbox} from './file-inbox.ts'

/** Something that waits in the inbox. */
export interface InboxItem {
  /** What the person called it: a path below the inbox, with "/". */
  name: string
  /** In bytes. */
  size: number
  /** When it was last changed, in milliseconds. */
  modified: number
  /** Another one as soon as the item changes. */
  stamp: string
  /** Why it is not read; undefined for what may be. */
  refused?: string
}

/** What became of an item that was to be moved: nothing, where it is not what it was any more. */
export type Moved = 'moved' | 'changed'

/**
 * Where the current person puts what is to become memories. Every implementation gives the same answers. All functions work for
 * the current user context only.
 */
export interface Inbox {
  /** Everything that waits, by name. What is hidden, or a download that is not done, does not wait yet. */
  list(): Promise<InboxItem[]>
  /** @returns the bytes of the item, or "changed" where it is not what it was any more, or why it cannot be read */
  read(item: InboxItem): Promise<{bytes: Uint8Array} | 'changed' | {reason: string}>
  /** Moves an item whose text is kept into the archive of a day. @param day "2026-05-04" */
  archive(item: InboxItem, day: string): Promise<Moved>
  /** Moves an item that cannot be read out of the way, and writes down why. */
  setAside(item: InboxItem, day: string, reason: string): Promise<Moved>
  /** Puts something in. Durable when it resolves. @returns what it is called: another name where something of that name waits */
  add(name: string, bytes: Uint8Array): Promise<string>
}

/** Where the current person's inbox is kept. */
export const inbox = (): Inbox => backend()?.inbox ?? fileInbox
