import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox as startJira } from '../../../functions/jira/sandbox/startSandbox.ts';
import { startSandbox as startSalesforce } from '../../../functions/salesforce/sandbox/startSandbox.ts';
import { startApp } from '../../support/app.ts';
import { startAzurite } from '../../support/azurite.ts';
import { newSeed, randomFrom } from '../random.ts';
import { agentsWith, isClosedToSomebody, policy } from './agents.ts';
import { catalogueOf } from './catalogueOf.ts';
import { inputsFor } from './inputs.ts';
import { createMarks } from './marks.ts';
import { plantJira } from './plantJira.ts';
import { plantSalesforce } from './plantSalesforce.ts';
import { createSurprises } from './surprises.ts';
import { type WatchReport, watch } from './watch.ts';

/**
 * Agents with different policies ask at the same time, over HTTP and MCP, by function keys of one app and by sign-ins
 * with rights of their own in another, by every action and with inputs that try to reach what is closed. All that is
 * closed to somebody has marks in it; whoever is answered with one that is closed to them has found a leak.
 */
export async function runCanaries(calls: number, seed = newSeed()): Promise<WatchReport> {
  const random = randomFrom(seed);
  const marks = createMarks();
  const folder = await mkdtemp(join(tmpdir(), 'canaries-'));
  await plantJira(join(folder, 'jira'), marks);
  await plantSalesforce(join(folder, 'salesforce'), marks, isClosedToSomebody);
  const jira = await startJira({ data: join(folder, 'jira') });
  const salesforce = await startSalesforce({ data: join(folder, 'salesforce') });
  await rm(folder, { recursive: true });

  const azurite = await startAzurite();
  await azurite.createTable('audit');
  const common = {
    ...jira.settings,
    ...azurite.settings,
    AUDIT_TABLE_ENDPOINT: azurite.settings.LEDGER_TABLE_ENDPOINT ?? '',
    POLICY: policy,
    SIGNING_KEY: 'k'.repeat(43),
    ACTION_TIMEOUT_MS: '30000',
  };
  const apps = {
    keys: await startApp({ env: { ...common, ...salesforce.settings } }),
    signIns: await startApp({
      env: {
        ...common,
        ...salesforce.jwtSettings(),
        SALESFORCE_RUN_AS: 'caller',
        INBOUND_AUTH: 'entra',
        WEBSITE_AUTH_ENABLED: 'True',
      },
    }),
  };

  const agents = agentsWith(marks);
  const inputOf = inputsFor(catalogueOf(jira, salesforce), random);
  const surprise = createSurprises(jira, salesforce, random);
  const askers = agents.map(({ app, headers, ...agent }) => ({
    ...agent,
    doors: [{ url: apps[app].url, headers, mcpPath: '/x/all', leadsTo: () => true }],
  }));

  try {
    return await watch({
      calls,
      seed,
      random,
      askers,
      marks,
      inputOf,
      surprise,
      finish() {
        jira.clearFaults();
        salesforce.clearFaults();
      },
      kept: async () => ({
        'the log of keys': apps.keys.logs(),
        'the log of sign-ins': apps.signIns.logs(),
        'the audit': await azurite.readTable('audit'),
        'the ledger': await azurite.readTable('ledger'),
      }),
    });
  } finally {
    await Promise.all(Object.values(apps).map(app => app.stop()));
    await Promise.all([jira.close(), salesforce.close(), azurite.stop()]);
  }
}
