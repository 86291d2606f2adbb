import {createReadStream} from 'node:fs'
import type {Readable} from 'node:stream'
import {requireUserContext} from '../context.ts'
import {isAdministrator} from '../users/permissions.ts'
import {parseManifest} from './manifest.ts'
import {readChecked} from './read-checked.ts'
import {openBackup, type StoredBackup} from './stored.ts'

export interface VerifiedBackup {
  id: string
  ok: boolean
  /** What is wrong, one sentence each. */
  broken: string[]
}

/**
 * Reads a backup to its end and compares every file. Members are not told the names of other people's files.
 * @throws MhError PASSPHRASE_MISSING, WRONG_PASSPHRASE (exit 2), BACKUP_DAMAGED (exit 1) where nothing of it can be read
 */
export async function verifyBackup(backup: StoredBackup, passphrase: string | undefined): Promise<VerifiedBackup> {
  const user = requireUserContext('Backups')
  const broken = await verifyArchive(await openBackup(backup, passphrase))
  const others = backup.accounts.filter(({id}) => id !== user.userId).map(({username}) => `profiles/${username}/`)
  const told = isAdministrator(user)
    ? broken
    : broken.map((sentence) => (others.some((home) => sentence.includes(home)) ? OTHERS : sentence))
  return {id: backup.id, ok: broken.length === 0, broken: [...new Set(told)]}
}

const OTHERS = 'something of other people in it is damaged'

/**
 * Reads a whole archive and compares it with its manifest.
 * @returns what is wrong, one sentence each; nothing where it is whole
 */
export async function verifyArchive(archive: string | Readable): Promise<string[]> {
  const input = typeof archive === 'string' ? createReadStream(archive) : archive
  return (await readChecked(input, {parse: parseManifest})).broken
}
