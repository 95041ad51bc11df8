import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/support/buildOnce.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // Two cores are the smallest machine the suite is meant for; every file starts servers and child processes of its own.
    maxWorkers: 2,
  },
});
