import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

const dist = new URL('../../../dist/', import.meta.url);

async function chunks(): Promise<{ name: string; text: string }[]> {
  const names = (await readdir(dist, { recursive: true })).filter(name => name.endsWith('.js'));
  return Promise.all(names.map(async name => ({ name, text: await readFile(new URL(name, dist), 'utf8') })));
}

test('the HTTP client that jsforce brings along is in no chunk', async () => {
  const all = await chunks();
  expect(all.filter(({ text }) => /undici/i.test(text)).map(({ name }) => name)).toEqual([]);
});

test('jsforce is in one chunk of at most 160 kB, which no action loads before its first request', async () => {
  const [facade, ...others] = (await chunks()).filter(({ text }) => text.includes('connection:new'));
  expect(others).toEqual([]);
  expect(facade?.name).toMatch(/salesforce-\w+\.js$/);
  expect(facade?.text.length).toBeLessThan(160_000);
});
