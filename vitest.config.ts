import { defineConfig } from 'vitest/config';

/** Every action in turn, hundreds or thousands of calls each, very long texts, whole copies of the project, a browser, or many processes one after another: `npm run trials` runs these, and `npm test` the rest. */
const trials = [
  'tests/{browser,contract,costs,faults,guides,reliability}/**/*.test.ts',
  'tests/{jira,salesforce}/closedOrNone.test.ts',
  'tests/functions/{callerSignIn,causes,oddRequests,warmUp}.test.ts',
  'tests/infra/{publishConnector,registerApp,setSecrets}.test.ts',
  'tests/shared/action/requests.test.ts',
  'tests/shared/policy/policy.test.ts',
  'tests/tools/start.test.ts',
  'tests/tools/dev/dev.test.ts',
];

/** The sign-in at Azure keeps in its process which identity it has found, so that another file's would be taken. */
const alone = ['tests/shared/ledger/tableStore.test.ts', 'tests/examples/orders/api/database.test.ts'];

const shared = {
  globalSetup: ['tests/support/buildOnce.ts'],
  testTimeout: 20_000,
  hookTimeout: 30_000,
};

export default defineConfig({
  test: {
    // Two cores are the smallest machine the suite is meant for; a file waits for its servers and child processes half of the time.
    maxWorkers: 3,
    // What a file loads, the next one has: no file changes what is shared.
    isolate: false,
    projects: [
      { test: { ...shared, name: 'tests', include: ['tests/**/*.test.ts'], exclude: [...trials, ...alone] } },
      { test: { ...shared, name: 'alone', include: alone, isolate: true } },
      { test: { ...shared, name: 'trials', include: trials } },
    ],
  },
});
