import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type JiraSandbox, startSandbox } from '../../functions/jira/sandbox/startSandbox.ts';
import { type RunningApp, startApp } from '../support/app.ts';
import { rawRequest } from '../support/request.ts';

let jira: JiraSandbox;
let local: RunningApp;
let deployed: RunningApp;

beforeAll(async () => {
  jira = await startSandbox();
  local = await startApp({ env: { ...jira.settings } });
  // By these the platform tells an app where it runs.
  deployed = await startApp({ env: { ...jira.settings, WEBSITE_INSTANCE_ID: 'a', WEBSITE_SITE_NAME: 'site' } });
});
afterAll(async () => {
  await local.stop();
  await deployed.stop();
  await jira.close();
});

const mcpPaths = ['/api/mcp', '/api/mcp/readonly', '/api/mcp/x/all', '/api/mcp/x/jira/readonly'];
const ping = { method: 'POST', body: '{"jsonrpc":"2.0","id":1,"method":"ping"}' };
/** Every kind of function, and how it is called. */
const functions: [string, { method?: string; body?: string }][] = [
  ['/api/health', {}],
  ['/api/health/ready', {}],
  ['/api/jira/listProjects', {}],
  ['/api/jira/addComment', { method: 'POST', body: '{}' }],
  ...mcpPaths.map((path): [string, typeof ping] => [path, ping]),
];

const json = { 'content-type': 'application/json' };
const foreign = [
  { host: 'evil.example.com' },
  { host: 'localhost.evil.example.com' },
  { host: '127.0.0.1.nip.io:7071' },
  { host: '10.0.0.1' },
  { host: 'localhost', origin: 'http://evil.example.com' },
  { host: 'localhost', origin: 'https://localhost.evil.example.com' },
  { host: 'localhost', origin: 'http://localhost@evil.example.com' },
  { host: 'localhost', origin: 'null' },
  { host: 'localhost', origin: '' },
  { host: 'localhost', origin: 'file://' },
];
const own = [
  { host: 'localhost' },
  { host: 'LOCALHOST:1234' },
  { host: '127.0.0.1:1234' },
  { host: '[::1]:1234', origin: 'http://localhost:3000' },
  { host: 'localhost', origin: 'https://127.0.0.1' },
];

describe.each(functions)("on a developer's machine, %s", (path, call) => {
  it.each(foreign)('refuses %j', async headers => {
    const { status, text } = await rawRequest(local.url, path, { ...call, headers: { ...json, ...headers } });
    expect([status, JSON.parse(text).code]).toEqual([403, 'forbidden']);
  });

  it.each(own)('answers %j', async headers => {
    expect((await rawRequest(local.url, path, { ...call, headers: { ...json, ...headers } })).status).not.toBe(403);
  });
});

describe.each(mcpPaths)('once deployed, %s', path => {
  const from = (headers: Record<string, string>) =>
    rawRequest(deployed.url, path, { ...ping, headers: { ...json, host: 'site.azurewebsites.net', ...headers } });

  it.each([
    'https://evil.example.com',
    'https://site.azurewebsites.net.evil.example.com',
    'https://evilmicrosoft.com',
    'http://make.powerapps.com',
    'null',
    '',
  ])('refuses a page of "%s"', async origin => {
    const { status, text } = await from({ origin });
    expect([status, JSON.parse(text).code]).toEqual([403, 'forbidden']);
  });

  it.each([
    'https://site.azurewebsites.net',
    'https://flow.microsoft.com',
    'https://authoring.eur-il105.gateway.prod.island.powerapps.com',
    undefined,
  ])('answers a page of %s', async origin => {
    expect((await from(origin === undefined ? {} : { origin })).status).toBe(200);
  });

  it('refuses GET and DELETE of a foreign page, too', async () => {
    for (const method of ['GET', 'DELETE']) {
      const headers = { host: 'site.azurewebsites.net', origin: 'https://evil.example.com' };
      expect((await rawRequest(deployed.url, path, { method, headers })).status).toBe(403);
    }
  });
});

it('once deployed, an action answers whatever name and page it is called by: a key is what lets callers in', async () => {
  const headers = { host: 'site.azurewebsites.net', origin: 'https://make.powerapps.com' };
  expect((await rawRequest(deployed.url, '/api/jira/listProjects', { headers })).status).toBe(200);
});
