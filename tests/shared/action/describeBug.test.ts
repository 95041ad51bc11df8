import { mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeBug } from '../../../shared/action/describeBug.ts';
import { bundleApp } from '../../../tools/build/build.ts';
import { startApp } from '../../support/app.ts';

const folder = new URL(`../../../.dist-buggy-${process.pid}/`, import.meta.url);

beforeAll(async () => {
  await mkdir(folder);
  await bundleApp({ index: 'tests/shared/action/fixtures/buggy/index.ts' }, folder);
  await writeFile(new URL('package.json', folder), '{ "type": "module", "main": "index.js" }');
  await writeFile(new URL('host.json', folder), '{ "version": "2.0" }');
});
afterAll(() => rm(folder, { recursive: true }));

/** What the log of the built app tells of a bug in an action. */
async function loggedBug(env: Record<string, string> = {}): Promise<string> {
  const app = await startApp({ root: fileURLToPath(folder), env: { ORDERS_KEY: 'secret-key', ...env } });
  const { status } = await fetch(`${app.url}/api/getOrder?orderId=A-12`);
  await app.stop();
  expect(status).toBe(500);
  return app.logs();
}

const places = [
  'at readOrder (tests/shared/action/fixtures/buggy/readOrder.ts:5:9)',
  'at Object.order (tests/shared/action/fixtures/buggy/index.ts:19:16)',
];

describe('a bug in an action of the built app', () => {
  it('is logged on a developer’s machine with its message and the files and lines of its source, without secrets', async () => {
    const logs = await loggedBug();
    for (const place of places) expect(logs).toContain(place);
    expect(logs).toContain('RangeError: No order A-12 for [secret]\n');
    expect(logs).not.toContain('secret-key');
  });

  it.each([
    { WEBSITE_INSTANCE_ID: 'abc' },
    { WEBSITE_SITE_NAME: 'abc' },
    { AZURE_FUNCTIONS_ENVIRONMENT: 'Production' },
  ])(
    'is logged on Azure (%j) with files and lines, and without its message, which may hold an input’s value',
    async env => {
      const logs = await loggedBug(env);
      for (const place of places) expect(logs).toContain(place);
      expect(logs).toContain('RangeError\n');
      expect(logs).not.toMatch(/A-12|No order|secret-key/);
    },
  );
});

describe('without its message', () => {
  it('no line of the message is told, even one that looks like a frame', () => {
    const text = describeBug(new Error('wrong:\n    at secret (x.ts:1:1)\nvalue'), false);
    expect(text).toMatch(/^Error\n {4}at /);
    expect(text).not.toMatch(/secret|value|wrong/);
  });

  it('a message that was replaced is not told either', () => {
    const error = new Error('first value');
    error.message = 'other value';
    expect(describeBug(error, false)).not.toContain('value');
  });

  it('each error in the chain of causes is told by its name and frames', () => {
    const text = describeBug(new TypeError('a', { cause: new RangeError('b') }), false);
    expect(text).toMatch(/^TypeError\n(?: {4}at .*\n)+Caused by RangeError\n {4}at /);
  });

  it('what is no error is told by its type', () => {
    expect(describeBug('a secret', false)).toBe('string');
    expect(describeBug('a text', true)).toBe("'a text'");
  });
});
