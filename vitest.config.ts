import {defineConfig} from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/build-once.ts',
    // Processes, not threads: tests set environment variables and change folders.
    pool: 'forks',
    // Many tests start mh several times, beside others that do the same.
    testTimeout: 30_000,
    hookTimeout: 60_000
  }
})
