import {type Stats, statSync} from 'node:fs'
import {glanceAtFile} from '../glance.ts'
import {notedLooks} from '../looks.ts'

/** An index that is open. */
interface Open {
  close(): void
}

interface Idle<Index> {
  index: Index
  /** Of the file that it was opened from: another one of that name is another index. */
  inode: number
  /** What the index was opened for: language, zone and the like. */
  purpose: string
  /** Milliseconds. */
  since: number
}

/** So many that nobody uses are kept open; whoever finds none waits as long as a command does. A connection takes some 100 kB. */
const MOST = 128
/** Of one person: what is kept of answers holds as long as the connection that they were read by is open. */
const MOST_OF_ONE = 10
/** The same while more than so many are kept: others' are not to be kept out, nor memory to be filled. */
const MANY = 32
const FEWER_OF_ONE = 2
const IDLE_MS = 30_000
/** Other tools' new files are seen after this time at the latest, where a process looks again and again. */
const LOOK_MS = 500

/** By how many. */
let holding = 0
const pools = new Set<Map<string, Idle<Open>[]>>()
let idle = 0
let sweeping: NodeJS.Timeout | undefined
/** When the folders of an index were looked at last, in milliseconds, by the file that it is. */
const looked = new Map<string, number>()

/**
 * Says that this process answers many questions, one after another: indexes stay open between them, and folders are looked at for what
 * other tools put there no more often than twice a second. @returns a function that closes them all and ends this
 */
export function holdIndexesOpen(): () => void {
  holding++
  return () => {
    holding--
    if (holding === 0) closeIdle(() => true)
  }
}

/** Indexes of one kind that are open and used by nobody, each for one user at a time. */
export function heldIndexes<Index extends Open>() {
  const pool = new Map<string, Idle<Index>[]>()
  pools.add(pool as Map<string, Idle<Open>[]>)

  function takeIdle(file: string, purpose: string, inode: number | undefined): Index | undefined {
    const waiting = pool.get(file) ?? []
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
      idle--
      if (one.inode === inode && one.purpose === purpose) return one.index
      one.index.close()
    }
    return undefined
  }

  return {
    /**
     * One that is open already, or what `open` gives.
     * @param purpose what it has to be opened for; one for anything else is none
     */
    async take(file: string, purpose: string, open: () => Promise<Index> | Index): Promise<Index> {
      const before = holding > 0 ? glanceAtFile(file) : undefined
      return takeIdle(file, purpose, before?.ino) ?? noteFile(await open(), file, before)
    },
    /** The same for what opens at once. */
    takeAtOnce(file: string, purpose: string, open: () => Index): Index {
      const before = holding > 0 ? glanceAtFile(file) : undefined
      return takeIdle(file, purpose, before?.ino) ?? noteFile(open(), file, before)
    },
    /** Keeps an index for whoever asks next, or closes it. */
    giveBack(file: string, purpose: string, index: Index): void {
      const inode = inodes.get(index)
      const waiting = pool.get(file) ?? []
      if (
        holding === 0 ||
        inode === undefined ||
        idle >= MOST ||
        waiting.length >= (idle < MANY ? MOST_OF_ONE : FEWER_OF_ONE)
      ) {
        index.close()
        return
      }
      pool.set(file, waiting)
      waiting.push({index, inode, purpose, since: Date.now()})
      idle++
      sweepLater()
    }
  }
}

const inodes = new WeakMap<object, number>()
const files = new WeakMap<object, string>()

/** @param before the index was opened: where another file took its place in between, the next one who asks finds it to be another */
function noteFile<Index extends Open>(index: Index, file: string, before: Stats | undefined): Index {
  if (before === undefined) return index
  inodes.set(index, before.ino)
  // A new one knows nothing of the folders yet. The number of a file that is gone is soon given to another.
  const now = statSync(file, {throwIfNoEntry: false})
  if (now?.ino === before.ino && now.birthtimeMs === before.birthtimeMs)
    files.set(index, `folders of ${file} ${now.ino} ${now.birthtimeMs}`)
  return index
}

/**
 * Looks at the folders of an index, unless this process did so a moment ago, or does so just now.
 * @param again does the same once more: whoever gives an answer again looks at the folders first, when they are due
 */
export async function lookWhenDue(
  index: object,
  look: () => Promise<unknown>,
  again: () => Promise<unknown>
): Promise<void> {
  const file = files.get(index) ?? ''
  if (file === '') {
    notedLooks()?.holdUntil(0)
    await look()
    return
  }
  if (isDue(file)) await (looking.get(file) ?? lookNow(file, look))
  notedLooks()?.noteDue(file, () => isDue(file), again)
}

/** What is being looked at now. */
const looking = new Map<string, Promise<void>>()

function lookNow(file: string, look: () => Promise<unknown>): Promise<void> {
  const done = look()
    .then(() => void looked.set(file, Date.now()))
    .finally(() => looking.delete(file))
  looking.set(file, done)
  return done
}

const isDue = (file: string): boolean =>
  holding === 0 || Date.now() - (looked.get(file) ?? Number.NEGATIVE_INFINITY) >= LOOK_MS

function sweepLater(): void {
  sweeping ??= setInterval(() => {
    const now = Date.now()
    closeIdle(({since}) => now - since > IDLE_MS)
    for (const [file, at] of looked) if (now - at > IDLE_MS) looked.delete(file)
    if (idle > 0) return
    clearInterval(sweeping)
    sweeping = undefined
  }, IDLE_MS).unref()
}

function closeIdle(which: (one: Idle<Open>) => boolean): void {
  for (const pool of pools)
    for (const [file, waiting] of pool) {
      const kept = waiting.filter((one) => !which(one))
      for (const one of waiting) if (which(one)) one.index.close()
      idle -= waiting.length - kept.length
      if (kept.length > 0) pool.set(file, kept)
      else pool.delete(file)
    }
}
