import { resolve } from 'node:path';
import { systems } from '../functions/everySystem.ts';
import { isConfigured, SANDBOX_URLS } from '../shared/settings/config.ts';
import { unknownSettings } from '../shared/settings/unknownSettings.ts';
import { build } from './build/build.ts';
import { banner } from './host/banner.ts';
import { startHost } from './host/host.ts';
import { applyLocalSettings } from './host/localSettings.ts';
import { consoleLog } from './host/log.ts';
import { parsePort } from './host/port.ts';
import { runUntilStopped } from './host/runUntilStopped.ts';
import { fillWithSandboxes } from './sandboxes.ts';

const root = resolve(import.meta.dirname, '..');

const start = async () => {
  await applyLocalSettings(root, process.env);
  const port = parsePort(process.env.PORT);
  await build();
  // The build writes this file: import it afterwards, so that a new action is there.
  const { actions: entries } = await import('../functions/actions.ts');
  const actions = await Promise.all(entries.map(async ({ load }) => (await load()).default));
  const sandboxes = await fillWithSandboxes(systems, process.env);
  const callable = actions.filter(({ uses }) => uses.every(system => isConfigured(system, process.env)));
  process.env.START_REPORT_MS ??= '1000';
  process.env[SANDBOX_URLS] = sandboxes.backings
    .flatMap(({ kind, url }) => (kind === 'sandbox' && url ? url : []))
    .join(' ');
  const host = await startHost({ root, port, log: consoleLog });
  for (const { message } of unknownSettings(systems, process.env)) console.warn(message);
  console.log(banner({ url: host.url, backings: sandboxes.backings, functions: host.functions, actions: callable }));
  return {
    async close() {
      await host.close();
      await sandboxes.close();
    },
  };
};

await runUntilStopped(start, { withParent: process.env.npm_lifecycle_event !== undefined });
