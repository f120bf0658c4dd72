import { defineConfig } from 'vitest/config'

const report = process.env['LOTWISE_TEST_REPORT']

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'web/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    maxWorkers: 2,
    // .ci/run counts what ran, was skipped or failed in this file
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    // guards against hanging only; no test may depend on how fast the machine is
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
})
