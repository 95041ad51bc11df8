import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { type SandboxServer, startSandboxServer } from '../../../shared/sandbox/sandboxServer.ts';
import { type RunningApp, startApp } from '../../support/app.ts';
import { request } from '../../support/request.ts';

// An org that answers in batches of any size, as Salesforce does when records are large.

const token = { access_token: 'session', instance_url: '' };
const row = (at: number) => ({
  attributes: { type: 'Account' },
  Id: `001${String(at).padStart(12, '0')}`,
  Name: `Account ${at}`,
});
const cursors: object[][] = [];
let batch = 200;
let matches = 0;
let org: SandboxServer;
let app: RunningApp;

const answer = (rows: object[], from: number, cursor: number) => ({
  totalSize: rows.length,
  done: from + batch >= rows.length,
  ...(from + batch < rows.length && { nextRecordsUrl: `/services/data/v67.0/query/01g${cursor}-${from + batch}` }),
  records: rows.slice(from, from + batch),
});

beforeAll(async () => {
  org = await startSandboxServer(({ path, query }) => {
    if (path === '/services/oauth2/token') return { json: { ...token, instance_url: org.url } };
    const [, cursor, from] = /\/query\/01g(\d+)-(\d+)$/.exec(path) ?? [];
    if (cursor) return { json: answer(cursors[Number(cursor)] ?? [], Number(from), Number(cursor)) };
    const [, limit, offset = 0] = / LIMIT (\d+)(?: OFFSET (\d+))?$/.exec(query.get('q') ?? '') ?? [];
    const all = Array.from({ length: matches }, (_, at) => row(at));
    const rows = all.slice(Number(offset), Number(offset) + Number(limit));
    return { json: answer(rows, 0, cursors.push(rows) - 1) };
  });
  const env = { SALESFORCE_LOGIN_URL: org.url, SALESFORCE_CLIENT_ID: 'a', SALESFORCE_CLIENT_SECRET: 'b' };
  app = await startApp({ env });
});
afterAll(async () => {
  await app.stop();
  await org.close();
});

const idsOf = async (path: string, list: string) => {
  const ids: unknown[] = [];
  let pageToken = '';
  for (let pages = 0; pages < 60; pages += 1) {
    const { status, body } = await request<Record<string, unknown>>(
      `${app.url}/api/salesforce/${path}&pageToken=${pageToken}`,
    );
    expect(status).toBe(200);
    ids.push(
      ...z
        .array(z.object({ url: z.string() }))
        .parse(body[list])
        .map(({ url }) => url.split('/').at(-2)),
    );
    if (typeof body.nextPageToken !== 'string') break;
    pageToken = body.nextPageToken;
  }
  return ids;
};
const expected = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => row(from + at).Id);

test.each([
  [60, 10, 25],
  [60, 10, 7],
  [2500, 200, 100],
  [2500, 2000, 90],
  [201, 200, 100],
])('all of %i records come once, in batches of %i and pages of %i', async (count, size, limit) => {
  [matches, batch] = [count, size];
  expect(await idsOf(`findAccounts?name=x&limit=${limit}`, 'accounts')).toEqual(expected(0, count));
});

test('a statement with bounds of its own gets what is between them', async () => {
  [matches, batch] = [2500, 10];
  const soql = encodeURIComponent("SELECT Id FROM Account WHERE Name != 'y' LIMIT 43 OFFSET 15");
  expect(await idsOf(`queryRecords?soql=${soql}&limit=20`, 'records')).toEqual(expected(15, 58));
});
