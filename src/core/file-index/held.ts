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
/** Of one person. More at once are rare, and would keep others' from being kept. */
const MOST_OF_ONE = 2
const IDLE_MS = 30_000
/** Other tools' new files are seen after this time at the latest, where a process looks again and again. */
const LOOK_MS = 500

/** By how many. */
let holding = 0
const pools = new Set<Map<string, Idle<Open>[]>>()
let idle = 0
let sweeping: NodeJS.Timeout | undefined
/** Milliseconds. */
const looked = new WeakMap<object, number>()

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
      const inode = holding > 0 ? inodeOf(file) : undefined
      return takeIdle(file, purpose, inode) ?? keepInode(await open(), inode)
    },
    /** The same for what opens at once. */
    takeAtOnce(file: string, purpose: string, open: () => Index): Index {
      const inode = holding > 0 ? inodeOf(file) : undefined
      return takeIdle(file, purpose, inode) ?? keepInode(open(), inode)
    },
    /** Keeps an index for whoever asks next, or closes it. */
    giveBack(file: string, purpose: string, index: Index): void {
      const inode = inodes.get(index)
      const waiting = pool.get(file) ?? []
      if (holding === 0 || inode === undefined || idle >= MOST || waiting.length >= MOST_OF_ONE) {
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

/** @param inode of before the index was opened: where another file took its place in between, the next one who asks finds it to be another */
function keepInode<Index extends Open>(index: Index, inode: number | undefined): Index {
  if (inode !== undefined) inodes.set(index, inode)
  return index
}

const inodeOf = (file: string): number | undefined => glanceAtFile(file)?.ino

/** Looks at the folders of an index, unless this process did so a moment ago. */
export async function lookWhenDue(index: object, look: () => Promise<unknown>): Promise<void> {
  if (isDue(index)) {
    await look()
    looked.set(index, Date.now())
  }
  // Whoever gives an answer again looks at the folders first, when they are due.
  notedLooks()?.note(nameOf(index), () => isDue(index), false)
}

const isDue = (index: object): boolean =>
  holding === 0 || Date.now() - (looked.get(index) ?? Number.NEGATIVE_INFINITY) >= LOOK_MS

const names = new WeakMap<object, string>()
let named = 0

function nameOf(index: object): string {
  const name = names.get(index) ?? `folders ${named++}`
  names.set(index, name)
  return name
}

function sweepLater(): void {
  sweeping ??= setInterval(() => {
    const now = Date.now()
    closeIdle(({since}) => now - since > IDLE_MS)
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
