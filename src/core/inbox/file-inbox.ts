import {type Dirent, fstatSync, lstatSync, readdirSync, readSync, realpathSync, type Stats} from 'node:fs'
import {basename, dirname, join} from 'node:path'
import {changeProfile} from '../change.ts'
import {requireUserContext} from '../context.ts'
import {errno, MhError} from '../errors.ts'
import {ensureFolder, place, placeOrDiscard, stageFile, syncFolder, unwritable} from '../files.ts'
import {PROFILE_LAYOUT, paths} from '../paths.ts'
import {getSecurityPolicy} from '../users/policy.ts'
import {namesLike} from './free-name.ts'
import type {Inbox, InboxItem, Moved} from './inbox.ts'

/** No file that is larger is read: it would be held in memory. */
const LARGEST_ITEM = 64 * 1024 * 1024

/** What was set aside, and why, below the profile. It is made when something is. */
export const SET_ASIDE = `${PROFILE_LAYOUT.inbox}/_failed`
/** Folders of the inbox's own. */
const OWN = new Set(['_archive', '_failed'])

/** What browsers and editors write until they are done; office programs mark an open document so. */
const UNFINISHED = /\.(?:part|partial|crdownload|download|tmp|swp)$|^~\$|~$/i

/** The inbox as a folder of files. */
export const fileInbox: Inbox = {
  async list() {
    const {path} = ensureFolder(paths.root, PROFILE_LAYOUT.inbox)
    return itemsBelow(path, '')
  },

  async read(item) {
    const user = requireUserContext('The inbox')
    const root = realpathSync(paths.inbox)
    let file: ReturnType<ReturnType<typeof getSecurityPolicy>['requireFileAccess']>
    try {
      file = getSecurityPolicy(user).requireFileAccess(join(root, item.name), 'read')
    } catch (error) {
      if (lstatSync(join(root, item.name), {throwIfNoEntry: false}) === undefined) return 'changed'
      if (error instanceof MhError) return {reason: error.message}
      throw error
    }
    try {
      if (file.path !== join(root, item.name)) return {reason: LINK}
      const bytes = Buffer.alloc(file.size)
      let length = 0
      for (let count = -1; count !== 0 && length < bytes.length; length += count)
        count = readSync(file.descriptor, bytes, length, bytes.length - length, length)
      // What is written to meanwhile is looked at again when it is done.
      if (length < bytes.length || stampOf(fstatSync(file.descriptor)) !== item.stamp) return 'changed'
      return {bytes}
    } finally {
      file.close()
    }
  },

  archive: (item, day) => move(item, `${PROFILE_LAYOUT.inboxArchive}/${day}`),

  setAside: (item, day, reason) => move(item, `${SET_ASIDE}/${day}`, reason),

  add: (name, bytes) =>
    changeProfile(({root, audit}) => {
      try {
        const {path: folder} = ensureFolder(root, PROFILE_LAYOUT.inbox)
        const staged = stageFile(ensureFolder(root, PROFILE_LAYOUT.temporary).path, 'inbox', bytes)
        const target = freeName(folder, name)
        placeOrDiscard(staged, target)
        syncFolder(folder)
        audit({category: 'data', event: 'inbox_added', details: {bytes: bytes.length}})
        return basename(target)
      } catch (error) {
        throw unwritable(join(root, PROFILE_LAYOUT.inbox), error)
      }
    })
}

const LINK = 'it is a link, and links are not followed: copy the file itself here'

function itemsBelow(root: string, folder: string): InboxItem[] {
  let entries: Dirent[]
  try {
    entries = readdirSync(join(root, folder), {withFileTypes: true})
  } catch (error) {
    // A folder may be moved away meanwhile.
    if (errno(error) === 'ENOENT') return []
    throw unwritable(join(root, folder), error)
  }
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.name.startsWith('.') || UNFINISHED.test(entry.name)) return []
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) return folder === '' && OWN.has(entry.name) ? [] : itemsBelow(root, name)
      const stat = lstatSync(join(root, name), {throwIfNoEntry: false})
      if (stat === undefined) return []
      const refused = refusal(stat)
      return [
        {
          name,
          size: stat.size,
          modified: stat.mtimeMs,
          stamp: stampOf(stat),
          ...(refused === undefined ? {} : {refused})
        }
      ]
    })
}

function refusal(stat: Stats): string | undefined {
  if (stat.isSymbolicLink()) return LINK
  if (!stat.isFile()) return 'it is neither a file nor a folder'
  return stat.size > LARGEST_ITEM ? `it has ${stat.size} bytes, ${LARGEST_ITEM} at most are read` : undefined
}

const stampOf = ({ino, size, mtimeMs}: Stats): string => `${ino} ${size} ${mtimeMs}`

/** Moves what is still the same, under the person's lock, and never over another file. */
function move(item: InboxItem, into: string, reason?: string): Promise<Moved> {
  return changeProfile(({root}) => {
    const from = join(root, PROFILE_LAYOUT.inbox, item.name)
    const stat = lstatSync(from, {throwIfNoEntry: false})
    if (stat === undefined || stampOf(stat) !== item.stamp) return 'changed'
    try {
      const {path: folder} = ensureFolder(root, join(into, dirname(item.name)))
      const target = freeName(folder, basename(item.name))
      if (reason !== undefined) {
        const temporary = ensureFolder(root, PROFILE_LAYOUT.temporary).path
        const {path, text} = reasonFile(target, item.name, reason)
        placeOrDiscard(stageFile(temporary, 'reason', text), path)
      }
      place({path: from}, target)
      syncFolder(folder)
      syncFolder(dirname(from))
      return 'moved'
    } catch (error) {
      throw unwritable(join(root, into), error)
    }
  })
}

/** The file beside one that is set aside, which tells why. */
export const reasonFile = (path: string, name: string, reason: string): {path: string; text: string} => ({
  path: `${path}.reason.txt`,
  text: `${name}: ${reason}\n`
})

function freeName(folder: string, name: string): string {
  for (const one of namesLike(name))
    if (lstatSync(join(folder, one), {throwIfNoEntry: false}) === undefined) return join(folder, one)
  throw new Error('There is always a free name')
}
