import type {User} from '../users/user.ts'

/** Name of the manifest in an archive. It stands first, so that a list of backups reads no more than that. */
export const MANIFEST = 'manifest.json'

export interface ManifestFile {
  /** Below the data root, with "/": "profiles/ada/persona/core.json". */
  path: string
  size: number
  /** Hex; empty for a link. */
  sha256: string
  /** What a symbolic link names. */
  link?: string
}

/** What a backup says about itself. */
export interface Manifest {
  version: 1
  id: string
  /** ISO 8601, UTC. */
  createdAt: string
  accounts: User[]
  files: ManifestFile[]
}
