import {readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {requireUserContext} from '../context.ts'
import {usageError} from '../errors.ts'
import {ensureFolder, writeDurably} from '../files.ts'
import {withProfileLock} from '../locks.ts'
import {PROFILE_LAYOUT} from '../paths.ts'
import {profileFolder, replaceUser} from './accounts.ts'
import {auditAccount, changeAccounts, requireTarget} from './change-accounts.ts'
import {checkDetails} from './details.ts'
import {getSecurityPolicy} from './policy.ts'
import {type DetailedUser, detailedUser} from './show-user.ts'
import type {User} from './user.ts'

/** What may be changed of an account; an empty value takes it away. */
export interface UserChanges {
  displayName?: string
  email?: string
  /** Path of an image that the person named; it is copied into the profile. */
  avatar?: string
}

/**
 * Changes what an account tells about its person.
 * @param username the own one where it is undefined; somebody else's is for administrators
 * @throws MhError NOTHING_TO_CHANGE, INVALID_DISPLAY_NAME, INVALID_EMAIL, INVALID_AVATAR (exit 2), NOT_ALLOWED_FOR_ROLE, NOT_ADMINISTRATOR (exit 4), USER_NOT_FOUND (exit 3)
 */
export async function editUser(username: string | undefined, changes: UserChanges): Promise<DetailedUser> {
  const what = `Changing the account of ${username}`
  await requireTarget(username, what, 'config')
  if (Object.keys(changes).length === 0)
    throw usageError(
      'NOTHING_TO_CHANGE',
      'Nothing was said that should change',
      'Use --display-name, --email or --avatar'
    )
  checkDetails(changes)
  const image = changes.avatar === undefined || changes.avatar === '' ? undefined : readImage(changes.avatar)
  return changeAccounts(async (lock) => {
    const user = await requireTarget(username, what, 'config')
    const avatar = changes.avatar === undefined ? undefined : await placeAvatar(user, image)
    const changed = {...user, metadata: changedMetadata(user, {...changes, ...(avatar === undefined ? {} : {avatar})})}
    replaceUser(lock, changed)
    await auditAccount(lock, user, {
      category: 'security',
      event: 'user_edited',
      details: {username: user.username, changed: Object.keys(changes)}
    })
    return detailedUser(changed)
  })
}

function changedMetadata({metadata}: User, changes: UserChanges): NonNullable<User['metadata']> {
  const changed = {...metadata}
  for (const [name, value] of Object.entries(changes)) {
    if (value === '') delete changed[name]
    else changed[name] = value
  }
  return changed
}

interface Image {
  bytes: Uint8Array
  extension: string
}

const LARGEST_AVATAR = 2 * 1024 * 1024

/** How the files of each kind begin, in hex. SVG is none of them: it can hold scripts. */
const SIGNATURES: Record<string, RegExp> = {
  png: /^89504e470d0a1a0a/,
  jpg: /^ffd8ff/,
  gif: /^47494638(?:37|39)61/,
  webp: /^52494646.{8}57454250/
}

function readImage(path: string): Image {
  const file = getSecurityPolicy(requireUserContext()).requireFileAccess(path, 'read', 'named')
  try {
    if (file.size > LARGEST_AVATAR)
      throw usageError(
        'INVALID_AVATAR',
        `${path} has ${file.size} bytes`,
        `An avatar has at most ${LARGEST_AVATAR} bytes`
      )
    const bytes = readFileSync(file.descriptor)
    const start = bytes.subarray(0, 16).toString('hex')
    const extension = Object.keys(SIGNATURES).find((kind) => SIGNATURES[kind]?.test(start))
    if (extension === undefined)
      throw usageError('INVALID_AVATAR', `${path} is no image that mh knows`, 'Use PNG, JPEG, GIF or WebP')
    return {bytes, extension}
  } finally {
    file.close()
  }
}

/** @returns its path below the profile, "" where there is none any more */
function placeAvatar(user: User, image: Image | undefined): Promise<string> {
  return withProfileLock(user.id, () => {
    const root = profileFolder(user.id)
    const {path: folder} = ensureFolder(root, PROFILE_LAYOUT.persona)
    const name = image === undefined ? '' : `avatar.${image.extension}`
    if (image !== undefined)
      writeDurably(join(folder, name), image.bytes, ensureFolder(root, PROFILE_LAYOUT.temporary).path)
    for (const kind of Object.keys(SIGNATURES))
      if (name !== `avatar.${kind}`) rmSync(join(folder, `avatar.${kind}`), {force: true})
    return image === undefined ? '' : `${PROFILE_LAYOUT.persona}/${name}`
  })
}
