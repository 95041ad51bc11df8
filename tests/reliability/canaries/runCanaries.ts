import { startApp } from '../../support/app.ts';
import { newSeed, randomFrom } from '../random.ts';
import { agentsWith, isClosedToSomebody, policy } from './agents.ts';
import { catalogueOf } from './catalogueOf.ts';
import { inputsFor } from './inputs.ts';
import { createMarks } from './marks.ts';
import { plantedWorld } from './plantedWorld.ts';
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
  const world = await plantedWorld({
    jira: folder => plantJira(folder, marks),
    salesforce: folder => plantSalesforce(folder, marks, isClosedToSomebody),
  });
  const { jira, salesforce } = world;
  const common = { ...jira.settings, ...world.settings, POLICY: policy };
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
        ...(await world.kept()),
      }),
    });
  } finally {
    await Promise.all(Object.values(apps).map(app => app.stop()));
    await world.close();
  }
}
