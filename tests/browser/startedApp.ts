import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

export interface StartedApp {
  url: string;
  stop(): Promise<void>;
}

/** `npm start`, on a free port. */
export async function startedApp(): Promise<StartedApp> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['tools/start.ts'], { cwd: root, env: { PATH, HOME, PORT: '0' } });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', chunk => (output += chunk));
  child.stderr.setEncoding('utf8').on('data', chunk => (output += chunk));
  const url = await new Promise<string>((found, failed) => {
    const look = () => {
      const serving = /^Serving on (\S+)$/m.exec(output)?.[1];
      if (serving) found(serving);
    };
    child.stdout.on('data', look);
    child.once('close', () => failed(new Error(output)));
  });
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'close');
    },
  };
}
