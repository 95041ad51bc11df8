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
import { describedApp } from './page/describedApp.ts';
import { createNoticedCalls } from './page/noticedCalls.ts';
import { servePage } from './page/servePage.ts';
import { fillWithSandboxes, findSandbox } from './sandboxes.ts';

const root = resolve(import.meta.dirname, '..');

const start = async () => {
  await applyLocalSettings(root, process.env);
  const port = parsePort(process.env.PORT);
  await build();
  // The build writes this file: import it afterwards, so that a new action is there.
  const { actions: entries } = await import('../functions/actions.ts');
  const actions = await Promise.all(entries.map(async ({ load }) => (await load()).default));
  const sandboxes = await fillWithSandboxes(systems, process.env, findSandbox, port && port + 1);
  const callable = actions.filter(({ uses }) => uses.every(system => isConfigured(system, process.env)));
  process.env.START_REPORT_MS ??= '1000';
  process.env[SANDBOX_URLS] = sandboxes.backings
    .flatMap(({ kind, url }) => (kind === 'sandbox' && url ? url : []))
    .join(' ');
  const calls = createNoticedCalls();
  const { backings } = sandboxes;
  const page = servePage(root, await describedApp(root, { systems, actions: callable, backings }), calls);
  const host = await startHost({
    root,
    port,
    log(level, message) {
      calls.notice(message);
      consoleLog(level, message);
    },
    otherwise: page,
  });
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
