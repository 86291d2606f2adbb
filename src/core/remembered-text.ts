import type {Stats} from 'node:fs'
import {readIfThere} from './files.ts'
import {glanceAtFile} from './glance.ts'
import {COARSE_CLOCK_MS, isSameFile} from './same-file.ts'

interface Remembered {
  stat: Stats
  text: string
}

const MOST = 1000
const LARGEST = 64 * 1024

const remembered = new Map<string, Remembered>()

/**
 * Text of a small file that is asked for again and again, or undefined where there is none; it is read only where the file is another
 * than before. One call of the system in place of four, and a server asks some twenty times for one page.
 * @param stat what the file is, where the caller has looked at it
 * @throws every other error of the file system
 */
export function readRemembered(path: string, stat = glanceAtFile(path)): string | undefined {
  if (stat === undefined) return undefined
  const known = remembered.get(path)
  if (known !== undefined && isSameFile(known.stat, stat)) return known.text
  const text = readIfThere(path)
  if (text !== undefined && stat.size <= LARGEST && Date.now() - stat.ctimeMs > COARSE_CLOCK_MS) {
    if (remembered.size >= MOST) remembered.clear()
    remembered.set(path, {stat, text})
  }
  return text
}
