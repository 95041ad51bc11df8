import { resolve } from 'node:path';
import { build } from './build/build.ts';
import { banner } from './host/banner.ts';
import { startHost } from './host/host.ts';
import { applyLocalSettings } from './host/localSettings.ts';
import { parsePort } from './host/port.ts';
import { runUntilStopped } from './host/runUntilStopped.ts';
import { openLocalApp } from './localApp.ts';
import { createCallLog } from './page/callLog.ts';
import { servePage } from './page/servePage.ts';

const root = resolve(import.meta.dirname, '..');

const start = async () => {
  const warnings = await applyLocalSettings(root, process.env);
  const port = parsePort(process.env.PORT);
  await build();
  // The build writes this file: import it afterwards, so that a new action is there.
  const { actions: entries } = await import('../functions/actions.ts');
  const actions = await Promise.all(entries.map(async ({ load }) => (await load()).default));
  const app = await openLocalApp(root, actions, process.env, { firstPort: port && port + 1 });
  const { calls, log, onCall } = createCallLog();
  const host = await startHost({ root, port, log, onCall, otherwise: servePage(root, () => app.page, calls) });
  for (const warning of [...warnings, ...app.unknown]) console.warn(warning);
  console.log(banner({ url: host.url, backings: app.backings, functions: host.functions, actions: app.callable }));
  return {
    async close() {
      await host.close();
      await app.close();
    },
  };
};

await runUntilStopped(start, { withParent: process.env.npm_lifecycle_event !== undefined });
