import {people} from './0001-people.ts'
import {doors} from './0002-doors.ts'

export interface Migration {
  /** Rises by one; a database says which it has. */
  number: number
  name: string
  /** Runs in the schema mh, as the owner of its tables. */
  sql: string
}

/** Every change of the schema, in order. One that was released is never changed. */
export const MIGRATIONS: readonly Migration[] = [
  {number: 1, name: 'people', sql: people},
  {number: 2, name: 'doors', sql: doors}
]

/** The schema that this program works with. */
export const SCHEMA_VERSION = MIGRATIONS.length
