import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { startApp } from '../../support/app.ts';

const main = resolve(import.meta.dirname, '../../../tools/host/main.ts');
const root = resolve(import.meta.dirname, 'fixtures/app');
/** The same app with a functionTimeout of two seconds. */
const impatient = resolve(import.meta.dirname, 'fixtures/impatient');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'local-host-'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module", "main": "index.js" }');
  await writeFile(join(folder, 'host.json'), '{ "version": "2.0" }');
});
afterAll(() => rm(folder, { recursive: true }));

/** Starts the host as a shell would, in a process that may be killed. */
async function start(flags: string[] = [], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [main, '--root', root, '--port', '0', ...flags], { env });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', chunk => (output += chunk));
  child.stderr.setEncoding('utf8').on('data', chunk => (output += chunk));
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, output }));
  const says = async (text: string) => {
    while (!output.includes(text) && child.exitCode === null) await Promise.race([once(child.stdout, 'data'), ended]);
  };
  const ready = async () => {
    await says('Serving on ');
    return /Serving on (\S+)/.exec(output)?.[1] ?? '';
  };
  return { child, ended, ready, says, output: () => output };
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends it with 0 and frees its port, connections open or not',
  async signal => {
    const { child, ended, ready } = await start();
    const url = await ready();
    await (await fetch(`${url}/api/echo/a`)).text();
    child.kill(signal);
    child.kill(signal);
    expect(await ended).toMatchObject({ code: 0, signal: null });
    await expect(fetch(url)).rejects.toThrow();
  },
);

/** Calls a function and waits until it runs. Its answer is still to come. */
async function callRunning({ ready, says }: Awaited<ReturnType<typeof start>>, name: string) {
  const answer = fetch(`${await ready()}/api/${name}`).then(async response => ({
    status: response.status,
    body: await response.text(),
  }));
  answer.catch(() => {});
  await says(`Executing 'Functions.${name}'`);
  return { answer };
}

test.each(['SIGINT', 'SIGTERM'] as const)('%s lets a running call end, and no other begin', async signal => {
  const host = await start();
  const running = await callRunning(host, 'slow');
  host.child.kill(signal);
  host.child.kill(signal);
  await host.says('Waiting for 1 running calls');
  await expect(fetch(`${await host.ready()}/api/silent`)).rejects.toThrow();
  expect(await running.answer).toEqual({ status: 200, body: 'done' });
  expect(await host.ended).toMatchObject({ code: 0, signal: null });
});

test('a second Ctrl-C does not wait for a running call', async () => {
  const host = await start();
  const running = await callRunning(host, 'hanging');
  host.child.kill('SIGINT');
  await host.says('Waiting for 1 running calls');
  await new Promise(wait => setTimeout(wait, 600));
  expect(host.child.exitCode).toBe(null);
  host.child.kill('SIGINT');
  expect(await host.ended).toMatchObject({ code: 0, signal: null });
  await expect(running.answer).rejects.toThrow();
});

test('a call that outlives functionTimeout gets an empty 500, as do all that run beside it, and the next is served', async () => {
  const host = await start(['--root', impatient]);
  const first = await callRunning(host, 'hanging');
  const beside = fetch(`${await host.ready()}/api/hanging?beside`);
  expect(await first.answer).toEqual({ status: 500, body: '' });
  expect((await beside).status).toBe(500);
  expect(host.output()).toContain('Functions.hanging took longer than functionTimeout (2 s). All 2 running calls');
  expect((await fetch(`${await host.ready()}/api/echo/a`)).status).toBe(200);
  host.child.kill('SIGTERM');
  expect(await host.ended).toMatchObject({ code: 0, signal: null });
});

test('functionTimeout ends what a stopping host waits for', async () => {
  const host = await start(['--root', impatient]);
  const running = await callRunning(host, 'hanging');
  host.child.kill('SIGTERM');
  expect((await running.answer).status).toBe(500);
  expect(await host.ended).toMatchObject({ code: 0, signal: null });
});

test('with --with-parent it ends when its parent does', async () => {
  // The second command keeps the shell from becoming the host; its output stays open for as long as the host runs.
  const script = '"$0" "$@"; exit 0';
  const shell = spawn('sh', ['-c', script, process.execPath, main, '--root', root, '--port', '0', '--with-parent']);
  const ended = once(shell, 'close');
  await once(shell.stdout, 'data');
  shell.kill('SIGKILL');
  await ended;
});

test('a port in use is told in one sentence', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' && address ? String(address.port) : '';
  const { ended } = await start(['--port', port]);
  const { code, output } = await ended;
  other.close();
  expect(code).toBe(1);
  expect(output.trim().split('\n').at(-1)).toBe(
    `Port ${port} is in use. Stop what listens there, or set PORT to another one.`,
  );
});

test.each([
  ['an app that is not built', 'index.js', undefined, /There is no .*index\.js\. Run `npm run build` first\./],
  ['an app that registers nothing', 'index.js', 'export {};', /index\.js registered no functions\./],
  ['bad local settings', 'local.settings.json', '{', /local\.settings\.json is not valid JSON/],
])('%s ends it with 1 and says so', async (_name, file, text, message) => {
  if (text !== undefined) await writeFile(join(folder, file), text);
  const { code, output } = await (await start(['--root', folder])).ended;
  expect(code).toBe(1);
  expect(output).toMatch(message);
  expect(output).not.toMatch(/^\s+at /m);
});

test('a test’s app sees only the environment that it is given, and its logs can be read', async () => {
  const app = await startApp({ root, keys: ['sesame'], env: { GREETING: 'hello' } });
  try {
    expect((await fetch(`${app.url}/api/guarded`)).status).toBe(401);
    const names = z.array(z.string()).parse(await (await fetch(`${app.url}/api/environment`)).json());
    expect(names).toContain('GREETING');
    expect(names.filter(name => /^(VITEST|NODE_ENV|npm_)/.test(name))).toEqual([]);
    await fetch(`${app.url}/api/logging`);
    expect(app.logs()).toContain('a warning');
  } finally {
    await app.stop();
  }
  await expect(fetch(app.url)).rejects.toThrow();
});

test('a test’s app that cannot start rejects with its logs', async () => {
  await writeFile(join(folder, 'index.js'), 'throw new Error("no such luck");');
  await rm(join(folder, 'local.settings.json'), { force: true });
  await expect(startApp({ root: folder })).rejects.toThrow(/no such luck/);
});
