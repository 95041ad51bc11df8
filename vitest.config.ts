import { defineConfig } from 'vitest/config';

/** Hundreds or thousands of calls each, or whole copies of the project: `npm run trials` runs these, and `npm test` the rest. */
const trials = ['tests/{faults,guides,reliability}/**/*.test.ts'];

const shared = {
  globalSetup: ['tests/support/buildOnce.ts'],
  testTimeout: 20_000,
  hookTimeout: 30_000,
};

export default defineConfig({
  test: {
    // Two cores are the smallest machine the suite is meant for; every file starts servers and child processes of its own.
    maxWorkers: 2,
    projects: [
      { test: { ...shared, name: 'tests', include: ['tests/**/*.test.ts'], exclude: trials } },
      { test: { ...shared, name: 'trials', include: trials } },
    ],
  },
});
