import {lstatSync, type Stats, statSync} from 'node:fs'
import {notedLooks} from './looks.ts'

/** So long, in milliseconds, may a look at a file count for the next one. */
const GLANCE_MS = 2

/** By how many. */
let glancing = 0
let until = 0
let seen = new Map<string, unknown>()

/**
 * Lets looks at the same file that follow upon each other within two milliseconds be one look: a server asks some fifty times for one
 * page whether users.json, a profile's folder and a few documents are as they were. Whoever takes or leaves a lock, writes, or begins a
 * request looks again (`lookAgain`), so that nobody decides by what was there before. @returns a function that ends this
 */
export function glanceAtFiles(): () => void {
  glancing++
  return () => {
    glancing--
    lookAgain()
  }
}

/** Forgets what was seen: from here on, files are looked at. */
export function lookAgain(): void {
  until = 0
}

/** What a link or a file is; undefined where there is nothing. @throws every other error of the file system */
export const glanceAtLink = (path: string): Stats | undefined =>
  glance(`link ${path}`, () => lstatSync(path, {throwIfNoEntry: false}))

/** What a file is; undefined where there is none. @throws every other error of the file system */
export const glanceAtFile = (path: string): Stats | undefined =>
  glance(path, () => statSync(path, {throwIfNoEntry: false}))

/** What `look` sees, or saw a moment ago. @param name of what is looked at */
export function glance<T>(name: string, look: () => T): T {
  if (glancing === 0) return look()
  const now = performance.now()
  if (now > until) {
    // A map that is cleared keeps what it held until the next full collection: its former tables lead to the new one.
    seen = new Map()
    until = now + GLANCE_MS
  }
  const looks = notedLooks()
  let found = seen.get(name) as T
  if (found === undefined && !seen.has(name)) {
    try {
      found = look()
    } catch (error) {
      looks?.holdUntil(0)
      throw error
    }
    seen.set(name, found)
  }
  looks?.note(name, () => glance(name, look), found)
  return found
}
