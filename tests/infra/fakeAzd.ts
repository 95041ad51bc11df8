import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** util-linux's `script` makes a terminal where there is none. */
const terminalMaker = 'script';

/** What stands in a test's place when no terminal can be made. */
export const noTerminal = spawnSync(terminalMaker, ['--version']).status === 0 ? false : 'no util-linux script';

const root = join(import.meta.dirname, '../..');

/** An azd on PATH that keeps one environment's values in a file, and gives a token for any scope. */
export interface FakeAzd {
  folder: string;
  values(): Record<string, string>;
  /** The arguments of every call so far. */
  calls(): string[][];
  remove(): void;
}

export interface HookRun {
  code: number | null;
  output: string;
}

const program = `#!${process.execPath}
const { appendFileSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const [group, verb, ...rest] = process.argv.slice(2);
appendFileSync(join(__dirname, 'calls'), JSON.stringify(process.argv.slice(2)) + '\\n');
const file = join(__dirname, 'values.json');
const values = JSON.parse(readFileSync(file, 'utf8'));
if (group === 'env' && verb === 'get-values') console.log(JSON.stringify(values));
else if (group === 'env' && verb === 'set') writeFileSync(file, JSON.stringify({ ...values, [rest[0]]: rest[1] }));
else if (group === 'auth' && verb === 'token' && values.signedOut) process.exit(console.error('ERROR: not logged in') ?? 1);
else if (group === 'auth' && verb === 'token') console.log(JSON.stringify({ token: 'token-of-azd' }));
else process.exit(2);
`;

export function fakeAzd(values: Record<string, string>): FakeAzd {
  const folder = mkdtempSync(join(tmpdir(), 'fake-azd-'));
  writeFileSync(join(folder, 'azd'), program, { mode: 0o755 });
  writeFileSync(join(folder, 'values.json'), JSON.stringify(values));
  writeFileSync(join(folder, 'calls'), '');
  return {
    folder,
    values: () => JSON.parse(readFileSync(join(folder, 'values.json'), 'utf8')) as Record<string, string>,
    calls: () =>
      readFileSync(join(folder, 'calls'), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map(line => JSON.parse(line) as string[]),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** Runs a hook as azd would, in a process of its own, with no terminal. `project` is the folder of the project, or of a copy. */
export function runHook(
  hook: string,
  options: { azd?: FakeAzd; args?: string[]; env?: Record<string, string>; project?: string },
): Promise<HookRun> {
  const { azd, args = [], env = {}, project = root } = options;
  return finish([process.execPath, join(project, 'infra/hooks', hook), ...args], { azd, env });
}

/** Runs a hook at a terminal, and types `keys` once it has asked something. */
export function runHookAtTerminal(
  hook: string,
  options: { azd: FakeAzd; keys: string; args?: string[] },
): Promise<HookRun> {
  const { azd, keys, args = [] } = options;
  const command = [process.execPath, join(root, 'infra/hooks', hook), ...args].join(' ');
  return finish([terminalMaker, '--quiet', '--return', '--command', command, '/dev/null'], { azd, env: {}, keys });
}

function finish(
  [file = '', ...args]: string[],
  { azd, env, keys }: { azd: FakeAzd | undefined; env: Record<string, string>; keys?: string },
): Promise<HookRun> {
  const path = azd ? `${azd.folder}${delimiter}${process.env.PATH}` : '/nowhere';
  const child = spawn(file, args, { env: { HOME: process.env.HOME, PATH: path, ...env } });
  let output = '';
  let typed = false;
  const read = (chunk: Buffer) => {
    output += chunk;
    if (keys === undefined || typed || !output.includes('(hidden): ')) return;
    typed = true;
    child.stdin.write(keys);
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  if (keys === undefined) child.stdin.end();
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', code => resolve({ code, output }));
  });
}
