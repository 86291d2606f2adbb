import type {Role} from '../../core/context.ts'

/** Somebody who used this browser before. */
export interface RecentPerson {
  username: string
  displayName: string
  /** Whether this browser holds a valid session of theirs, so that no password is asked. */
  signedIn: boolean
}

/** What the frame of every page shows of whoever looks at it. */
export interface Viewer {
  username: string
  displayName: string
  role: Role
  administrator: boolean
  personaName: string
  theme: 'auto' | 'light' | 'dark'
  recent: RecentPerson[]
}
