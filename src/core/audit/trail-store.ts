import {closeSync, fstatSync, openSync, readFileSync, readSync} from 'node:fs'
import {join} from 'node:path'
import {HEAD_FILE} from '../audit.ts'
import {backend} from '../backend.ts'
import {namesIn, readIfThere} from '../files.ts'
import {linesFrom} from '../lines-from.ts'
import {withAccountsLock, withProfileLock} from '../locks.ts'
import {PROFILE_LAYOUT} from '../paths.ts'
import {systemPaths} from '../system-paths.ts'
import {profileFolder} from '../users/accounts.ts'
import type {User} from '../users/user.ts'

/** A trail, and whose it is. */
export interface Trail {
  /** A username, "system", or "archive/{id}" where the account was deleted. */
  name: string
  /** Where it is, for people: the absolute path of a folder, or an address. */
  place: string
  /** Id of the person who writes to it; undefined for the system's and for archived ones. */
  userId?: string
}

/** A day of a trail: "2026-05-04.ndjson", and its lines. */
export interface TrailDay {
  name: string
  bytes: Buffer
}

/** A trail as it is at one moment. */
export interface TrailSnapshot {
  /** The text of head.json, which says how far the trail goes; undefined where nothing does. */
  head: string | undefined
  /** The oldest first. */
  days: TrailDay[]
  /** Files that a crash cut and a write moved aside. */
  torn: number
}

/** Where trails are kept. Every implementation gives the same lines. */
export interface TrailStore {
  of(user: User): Trail
  system(): Trail
  archived(): Promise<Trail[]>
  /** The days whose name passes, the oldest first. */
  days(trail: Trail, wanted: (name: string) => boolean): Promise<TrailDay[]>
  /** Taken while nobody is in the middle of a line. */
  snapshot(trail: Trail): Promise<TrailSnapshot>
  /** The lines at a trail's end, the newest first; the last of them may be cut. */
  latest(trail: Trail): Promise<string[]>
  /** Follows a trail. @returns a function that gives the whole lines that were added since it was called last */
  follow(trail: Trail): Promise<() => Promise<string>>
}

export const trailStore = (): TrailStore => backend()?.trails ?? trailFiles

/** logs/audit/YYYY-MM-DD.ndjson and head.json. */
const trailFiles: TrailStore = {
  of: ({id, username}) => ({name: username, place: join(profileFolder(id), PROFILE_LAYOUT.audit), userId: id}),
  system: () => ({name: 'system', place: systemPaths.audit}),
  archived: async () =>
    namesIn(systemPaths.auditArchive)
      .sort()
      .map((name) => ({name: `archive/${name}`, place: join(systemPaths.auditArchive, name)})),

  days: async ({place}, wanted) =>
    daysOf(place)
      .filter(wanted)
      .map((name) => ({name, bytes: readFileSync(join(place, name))})),

  async snapshot({place, userId}) {
    const take = (): TrailSnapshot => ({
      head: readIfThere(join(place, HEAD_FILE)),
      days: daysOf(place).map((name) => ({name, bytes: readFileSync(join(place, name))})),
      torn: namesIn(place).filter((name) => name.endsWith('.torn')).length
    })
    return userId === undefined ? withAccountsLock(take) : withProfileLock(userId, take)
  },

  latest: async ({place}) =>
    daysOf(place)
      .slice(-2)
      .reverse()
      .flatMap((day) => linesAtEnd(join(place, day)).reverse()),

  async follow({place}) {
    const ends = new Map<string, number>()
    for (const day of daysOf(place)) ends.set(day, linesFrom(join(place, day), 0)?.end ?? 0)
    return async () => {
      let added = ''
      // A profile that was renamed meanwhile is followed no further: its folder is empty from here.
      for (const day of daysOf(place).slice(-2)) {
        const more = linesFrom(join(place, day), ends.get(day) ?? 0)
        if (more === undefined) continue
        ends.set(day, more.end)
        added += more.text
      }
      return added
    }
  }
}

/** The names of a trail's days, the oldest first: "2026-05-04.ndjson". */
export function daysOf(folder: string): string[] {
  return namesIn(folder)
    .filter((name) => /^\d{4}-\d\d-\d\d\.ndjson$/.test(name))
    .sort()
}

/** So many bytes of a day's end. */
const TAIL = 256 * 1024

function linesAtEnd(path: string): string[] {
  const file = openSync(path, 'r')
  try {
    const {size} = fstatSync(file)
    const bytes = Buffer.alloc(Math.min(size, TAIL))
    const count = readSync(file, bytes, 0, bytes.length, size - bytes.length)
    return bytes.subarray(0, count).toString('utf8').split('\n')
  } finally {
    closeSync(file)
  }
}
