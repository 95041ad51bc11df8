import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const projectRoot = resolve(import.meta.dirname, '../..');

export interface AppOptions {
  /** The app's whole environment; nothing of the test run's own gets in but what a process needs to live, and its time zone. */
  env?: Record<string, string>;
  /** With keys, functions of level `function` want one of them, as when deployed. */
  keys?: readonly string[];
  /** The folder with the app's package.json and host.json; the build, unless told otherwise. */
  root?: string;
}

export interface RunningApp {
  /** `http://localhost:<port>` */
  url: string;
  /** The number of its process. */
  pid: number;
  /** Everything that it wrote so far, standard error included. */
  logs(): string;
  /** Sends its process a signal. */
  signal(name: NodeJS.Signals): void;
  /** Whether its process lives. */
  isAlive(): boolean;
  stop(): Promise<void>;
  /** Ends its process at once, whatever it is doing. */
  kill(): Promise<void>;
}

/** Runs the built app in a process of its own under the local host. Rejects with its logs when it cannot start. */
export async function startApp(options: AppOptions = {}): Promise<RunningApp> {
  const { env = {}, keys = [], root = resolve(projectRoot, 'dist') } = options;
  const { PATH, HOME, TMPDIR, TEMP, SystemRoot, TZ } = process.env;
  const needed = Object.entries({ PATH, HOME, TMPDIR, TEMP, SystemRoot, TZ }).filter(
    ([, value]) => value !== undefined,
  );
  const flags = ['--root', root, '--port', '0', '--with-parent', ...(keys.length ? ['--keys', keys.join(',')] : [])];
  const child = spawn(process.execPath, [resolve(projectRoot, 'tools/host/main.ts'), ...flags], {
    cwd: projectRoot,
    // What an app asks of others is what a test's own calls ask, unless the test is about something else.
    env: { ...Object.fromEntries(needed), WARM_UP: 'false', ...env },
  });
  let logs = '';
  const url = await new Promise<string>((found, failed) => {
    const read = (chunk: string) => {
      logs += chunk;
      const ready = /^Serving on (\S+)\n/m.exec(logs)?.[1];
      if (ready) found(ready);
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    child.once('error', failed);
    child.once('close', code => failed(new Error(`The app ended with ${code} before it was ready:\n${logs}`)));
  });

  const isAlive = () => child.exitCode === null && child.signalCode === null;
  const end = async (signal: NodeJS.Signals) => {
    if (!isAlive()) return;
    child.kill(signal);
    await once(child, 'close');
  };

  return {
    url,
    pid: child.pid ?? 0,
    logs: () => logs,
    signal: name => void child.kill(name),
    isAlive,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}
