import {type Dirent, readdirSync, realpathSync, statSync} from 'node:fs'
import {extname, join} from 'node:path'
import {errno} from '../../errors.ts'
import {isInside} from '../../files.ts'

/** Something that a walk came by, relative to where it began. */
export type Walked = {path: string} & ({kind: 'file'} | {kind: 'refused'; reason: string})

/**
 * Every file below a folder, by name. Hidden folders and files are left out. Links are not followed: what they lead to within
 * the folder is found there, and what lies outside is told.
 * @param root absolute, without links
 * @param closed absolute paths of folders that are not entered
 */
export function walk(root: string, closed: (path: string) => boolean): Walked[] {
  const all: Walked[] = []
  const visit = (folder: string): void => {
    let entries: Dirent[]
    try {
      entries = readdirSync(join(root, folder), {withFileTypes: true})
    } catch (error) {
      all.push({path: folder, kind: 'refused', reason: `the folder cannot be read (${errno(error)})`})
      return
    }
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name.startsWith('.')) continue
      const path = join(folder, entry.name)
      if (entry.isDirectory()) {
        if (closed(join(root, path))) all.push({path, kind: 'refused', reason: 'it belongs to mh itself'})
        else visit(path)
      } else if (entry.isFile()) all.push({path, kind: 'file'})
      else if (entry.isSymbolicLink()) {
        const reason = leadsOut(root, path)
        if (reason !== undefined) all.push({path, kind: 'refused', reason})
      } else all.push({path, kind: 'refused', reason: 'it is neither a file nor a folder'})
    }
  }
  visit('')
  return all
}

/** Why a link is worth telling; undefined where what it leads to is found anyway. */
function leadsOut(root: string, path: string): string | undefined {
  try {
    const target = realpathSync(join(root, path))
    if (isInside(target, root)) return undefined
    return statSync(target).isDirectory() || NOTES.test(extname(path))
      ? 'it is a link that leads out of the folder'
      : undefined
  } catch {
    return 'it is a link that leads nowhere'
  }
}

/** What is read as a note in a folder, where nothing else is said. */
export const NOTES = /^\.(?:md|markdown|txt|text)$/i
/** JSON lines. */
export const LINES = /^\.(?:jsonl|ndjson)$/i

/** conversations.json, in newer exports conversations-000.json and so on; in any folder. */
export const CONVERSATIONS = /(?:^|\/)conversations(?:-\d+)?\.json$/
