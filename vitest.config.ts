import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    maxWorkers: 2,
    // guards against hanging only; no test may depend on how fast the machine is
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
