import {describe, it} from 'vitest'

/** Whether the tests run over a database (the project "postgres" of vitest.config.ts). */
const overDatabase = process.env.MH_TEST_OVER === 'postgres'

/** Tests of what only files can do: what lies where, edits by other tools, links, crashes between two steps of the file system. */
export const itOverFiles = it.skipIf(overDatabase)
export const describeOverFiles = describe.skipIf(overDatabase)
