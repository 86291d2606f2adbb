import {join} from 'node:path'
import {systemPaths} from '../system-paths.ts'

/** Where the journal lies while a migration moves files, or after it was interrupted. Every command looks whether it is there. */
export const migrationJournalPath = (): string => join(systemPaths.run, 'migration.json')
