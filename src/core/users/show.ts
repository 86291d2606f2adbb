import {join} from 'node:path'
import {backend} from '../backend.ts'
import {readRootConfig} from '../config.ts'
import {systemPaths} from '../system-paths.ts'
import type {PublicUser, User} from './user.ts'

/** Where a person's profile is: an absolute path, or an address. */
const profilePlace = (username: string): string => {
  const store = backend()
  return store === undefined ? join(systemPaths.profiles, username) : `${store.address}/${username}`
}

/** What every answer shows of an account. */
export function publicUser(user: User): PublicUser {
  const {id, username, role, createdAt, lastLogin, metadata} = user
  return {
    id,
    username,
    role,
    displayName: metadata?.displayName ?? null,
    createdAt: createdAt ?? null,
    lastLogin: lastLogin ?? null,
    profilePath: profilePlace(username),
    active: readRootConfig().activeUser === id
  }
}
