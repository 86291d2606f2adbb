import {defineConfig} from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build-once.ts', 'test/support/postgres-cluster.ts'],
    // Processes, not threads: tests set environment variables and change folders.
    pool: 'forks',
    // Most of a test's time is spent in the programs that it starts.
    maxWorkers: 3,
    // Many tests start mh several times, beside others that do the same.
    testTimeout: 30_000,
    hookTimeout: 60_000
  }
})
