import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { systems } from '../../functions/everySystem.ts';
import { curl } from '../../tools/host/banner.ts';
import { sandboxedActions } from '../support/sandboxedActions.ts';

const root = resolve(import.meta.dirname, '../..');

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

it('npm start needs no account: it prints no more than a screen, every action answers its example, and Ctrl-C leaves nothing running', async () => {
  const port = await freePort();
  const { PATH = '', HOME = '' } = process.env;
  // A group of its own, so that a Ctrl-C goes to all of it, as from a terminal.
  const npm = spawn('npm', ['start'], { cwd: root, env: { PATH, HOME, PORT: String(port) }, detached: true });
  let output = '';
  npm.stdout.setEncoding('utf8').on('data', chunk => (output += chunk));
  npm.stderr.setEncoding('utf8').on('data', chunk => (output += chunk));
  const ended = once(npm, 'close');
  try {
    while (!output.includes('Ctrl-C stops everything')) {
      if (npm.exitCode !== null) throw new Error(output);
      await new Promise(wait => setTimeout(wait, 50));
    }
    expect(output.split('\n').length).toBeLessThanOrEqual(24);
    const printed = output.split('\n').filter(line => line.trim().startsWith('curl '));
    expect(printed).toHaveLength(1);
    const callable = sandboxedActions.filter(({ callers }) => callers !== 'users');
    const curls = callable.map(action => curl(`http://localhost:${port}/api/${action.system}/${action.name}`, action));
    expect(curls).toContain(printed[0]?.trim());
    for (const [at, command] of curls.entries()) {
      const { stdout } = await promisify(execFile)('sh', ['-c', `${command} -s -w '\\n%{http_code}'`]);
      const [, body = '', status] = /^([\s\S]*)\n(\d+)$/.exec(stdout) ?? [];
      expect([command, status, body.slice(0, 300)]).toEqual([command, '200', expect.stringMatching(/^[{[]/)]);
      // What a write has done, or taken away, is not there for the next one.
      if (callable[at]?.access === 'read') continue;
      for (const { name } of systems) await fetch(`http://localhost:${port}/_page/reset/${name}`, { method: 'POST' });
    }
    expect(output).toMatch(/^Real: nothing\.\nSandbox with made-up data: Jira; Salesforce\.\nWrong: nothing\.$/m);
  } finally {
    if (npm.pid) process.kill(-npm.pid, 'SIGINT');
    await ended;
  }
  await expect(fetch(`http://localhost:${port}/api/health`)).rejects.toThrow();
}, 60_000);
