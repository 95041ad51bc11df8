import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startHost } from './host.ts';
import { applyLocalSettings } from './localSettings.ts';
import { consoleLog } from './log.ts';
import { parsePort } from './port.ts';
import { runUntilStopped } from './runUntilStopped.ts';

// node tools/host/main.ts [--root .] [--port 7071] [--keys key,...] [--with-parent]
const { values: flags } = parseArgs({
  options: {
    root: { type: 'string', default: '.' },
    port: { type: 'string' },
    keys: { type: 'string' },
    'with-parent': { type: 'boolean', default: false },
  },
});

await runUntilStopped(
  async () => {
    const root = resolve(flags.root);
    for (const warning of await applyLocalSettings(root, process.env)) console.warn(warning);
    const port = parsePort(flags.port ?? process.env.PORT);
    const host = await startHost({ root, port, keys: flags.keys?.split(',').filter(Boolean) ?? [], log: consoleLog });
    for (const { name, methods, url } of host.functions) console.log(`${name}: [${methods}] ${url}`);
    console.log(`Serving on ${host.url}`);
    return host;
  },
  { withParent: flags['with-parent'] },
);
