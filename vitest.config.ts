import {defineConfig} from 'vitest/config'

/** What every project of tests has. */
const shared = {
  // Processes, not threads: tests set environment variables and change folders.
  pool: 'forks',
  // Many tests start mh several times, beside others that do the same.
  testTimeout: 30_000,
  hookTimeout: 60_000
} as const

export default defineConfig({
  test: {
    globalSetup: ['build-once', 'shared-folder', 'postgres-cluster'].map((name) => `test/support/${name}.ts`),
    // Most of a test's time is spent in the programs that it starts.
    maxWorkers: 3,
    projects: [
      {test: {...shared, name: 'files', include: ['test/**/*.test.ts']}},
      {
        // How core, agents and HTTP behave is the same wherever everything is kept.
        test: {
          ...shared,
          name: 'postgres',
          include: [
            'test/agents/**/*.test.ts',
            'test/core/{agents,chat,inbox,persona,tasks}/**/*.test.ts',
            'test/core/memory/{exporters,importers}/**/*.test.ts',
            'test/core/memory/provenance.test.ts',
            'test/core/models/{keys,registry,recall}.test.ts',
            'test/core/users/{permissions,profile-gone}.test.ts',
            'test/http/{api,chat,isolation,security,shutdown,sign-in}.test.ts',
            'test/mcp/*.test.ts'
          ],
          setupFiles: ['test/support/over-postgres.ts'],
          env: {MH_TEST_OVER: 'postgres'}
        }
      }
    ]
  }
})
