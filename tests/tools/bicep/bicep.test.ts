import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const program = join(import.meta.dirname, '../../../tools/bicep/bicep.ts');

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'bicep-home-'));
});
afterEach(() => rmSync(home, { recursive: true }));

/** A stand-in that says who it is and what it was asked. */
function install(folder: string, name: string): string {
  mkdirSync(join(home, folder), { recursive: true });
  const file = join(home, folder, 'bicep');
  writeFileSync(file, `#!/bin/sh\necho "${name}: $*"\nexit 3\n`, { mode: 0o755 });
  return file;
}

function run(env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'lint', 'main.bicep'], {
    env: { HOME: home, PATH: '/nowhere', ...env },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe.skipIf(process.platform === 'win32')('tools/bicep', () => {
  it('takes the compiler that BICEP names before any other, and ends as it ends', () => {
    install('.azure/bin', 'of az');
    expect(run({ BICEP: install('named', 'named') })).toEqual({
      status: 3,
      stdout: 'named: lint main.bicep\n',
      stderr: '',
    });
  });

  it('takes the one on PATH before those of az and azd', () => {
    install('.azure/bin', 'of az');
    install('path', 'on path');
    expect(run({ PATH: join(home, 'path') }).stdout).toBe('on path: lint main.bicep\n');
  });

  it.each(['.azure/bin', '.azd/bin'])('finds the one in ~/%s', folder => {
    install(folder, 'there');
    expect(run().stdout).toBe('there: lint main.bicep\n');
  });

  it('says where to get one when there is none', () => {
    const { status, stderr } = run();
    expect(status).toBe(1);
    expect(stderr).toContain('az bicep install');
  });
});
