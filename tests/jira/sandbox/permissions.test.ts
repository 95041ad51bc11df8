import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apis } from '../../../functions/jira/sandbox/apis.ts';
import { scopesFor } from '../../../functions/jira/sandbox/scopes.ts';
import { type JiraSandbox, startSandbox } from '../../../functions/jira/sandbox/startSandbox.ts';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { findJiraOpenApi, findSoftwareOpenApi } from '../openApiCheck.ts';
import { callAs } from './jiraClient.ts';

let sandbox: JiraSandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
});

afterAll(() => sandbox.close());

const account = 'agent@example.com';
const ana = 'ana.ruiz@example.com';
const carla = 'carla@client.example';

const accountId = (email: string) => sandbox.site.people.find(person => person.email === email)?.accountId;
const projectId = (key: string) => Number(sandbox.site.projects.find(project => project.key === key)?.id);
const issueId = (key: string) => Number(sandbox.site.issues.find(issue => issue.key === key)?.id);
const check = (email: string, body: unknown) => callAs(sandbox, email, 'POST', 'permissions/check', body);

describe('checking permissions', () => {
  it('tells what an account may, and leaves out what it may not and what is not there', async () => {
    const [atlas, help] = [projectId('ATLAS'), projectId('HELP')];
    const [open, request] = [issueId('ATLAS-1'), issueId('HELP-2')];
    const { status, body } = await check(account, {
      accountId: accountId(carla),
      globalPermissions: ['ADMINISTER', 'USER_PICKER'],
      projectPermissions: [
        {
          permissions: ['BROWSE_PROJECTS', 'SERVICEDESK_AGENT'],
          projects: [atlas, help, 4711],
          issues: [open, request, 4711],
        },
      ],
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      globalPermissions: [],
      projectPermissions: [{ permission: 'BROWSE_PROJECTS', projects: [help], issues: [request] }],
    });
  });

  it('is for administrators where it is about another account', async () => {
    const global = { globalPermissions: ['ADMINISTER', 'USER_PICKER'] };
    expect(await check(ana, { ...global, accountId: accountId(account) })).toEqual({
      status: 403,
      body: { errorMessages: ['Only Jira administrators can perform this operation.'], errors: {} },
    });
    for (const mine of [global, { ...global, accountId: accountId(ana) }]) {
      expect((await check(ana, mine)).body).toEqual({ globalPermissions: ['USER_PICKER'], projectPermissions: [] });
    }
    expect((await check(account, global)).body.globalPermissions).toEqual(['ADMINISTER', 'USER_PICKER']);
  });

  it('refuses permissions that there are not, too many issues, and none', async () => {
    const unknown = { projectPermissions: [{ permissions: ['BROWSE_PROJECTS', 'FLY'], issues: [1] }] };
    expect(await check(account, unknown)).toEqual({
      status: 400,
      body: { errorMessages: [], errors: { FLY: 'Unrecognized permission' } },
    });
    expect((await check(account, { globalPermissions: ['BROWSE_PROJECTS'] })).status).toBe(400);
    expect((await check(account, { projectPermissions: [{ permissions: [''] }] })).status).toBe(400);
    expect((await check(account, { projectPermissions: [] })).status).toBe(400);
    expect((await check(account, { accountId: 'nobody', globalPermissions: [] })).status).toBe(400);
    const issues = Array.from({ length: 1001 }, (_, at) => at + 1);
    const checkOf = (some: number[]) => ({ projectPermissions: [{ permissions: ['EDIT_ISSUES'], issues: some }] });
    expect((await check(account, checkOf(issues))).status).toBe(400);
    expect((await check(account, checkOf(issues.slice(1)))).status).toBe(200);
  });
});

it('tells people their own permissions', async () => {
  const held = async (email: string, where = '') => {
    const { body } = await callAs(
      sandbox,
      email,
      'GET',
      `mypermissions?permissions=ADMINISTER,BROWSE_PROJECTS,SERVICEDESK_AGENT${where}`,
    );
    const told: { key: string; havePermission: boolean }[] = Object.values(body.permissions);
    return told.filter(({ havePermission }) => havePermission).map(({ key }) => key);
  };
  expect(await held(account)).toEqual(['ADMINISTER', 'BROWSE_PROJECTS', 'SERVICEDESK_AGENT']);
  expect(await held(ana, '&projectKey=ATLAS')).toEqual(['BROWSE_PROJECTS', 'SERVICEDESK_AGENT']);
  expect(await held(carla)).toEqual(['BROWSE_PROJECTS']);
  const unseen = await callAs(sandbox, carla, 'GET', 'mypermissions?permissions=EDIT_ISSUES&issueKey=ATLAS-1');
  expect(unseen.status).toBe(404);
});

const openApis = [findJiraOpenApi(), findSoftwareOpenApi()].filter(path => path !== undefined);

describe.skipIf(openApis.length < 2)('the scopes of routes', () => {
  interface Operation {
    security?: { OAuth2?: string[] }[];
  }
  // What is skipped is read all the same, to be listed.
  const documented = openApis.flatMap(path => {
    const { paths }: { paths: Record<string, Record<string, Operation>> } = JSON.parse(readFileSync(path, 'utf8'));
    return Object.entries(paths).flatMap(([template, operations]) =>
      Object.entries(operations).map(([method, { security = [] }]) => ({
        request: `${method.toUpperCase()} ${template}`,
        scopes: security.flatMap(({ OAuth2 = [] }) => OAuth2.filter(Boolean)),
      })),
    );
  });

  const boardList = ['read:board-scope:jira-software', 'read:project:jira'];
  // A route is the same whatever its variables are called.
  const anonymous = (template: string) => template.replace(/\{[^}]+\}/g, '{}');
  const routes = apis
    .filter(({ root }) => root !== '/rest/servicedeskapi')
    .flatMap(({ root, routes: below }) => below.map(({ method, pattern }) => ({ method, path: `${root}/${pattern}` })));

  it.each(routes)('are those of the documents: $method $path', ({ method, path }) => {
    const found = documented.find(({ request }) => anonymous(request) === `${method} ${anonymous(path)}`);
    // The document of boards names none for their list; its page names these.
    const named = path === '/rest/agile/1.0/board' ? boardList : found?.scopes;
    expect(scopesFor(method, path)).toEqual(named);
  });
});

agreesWithOpenApi(() => sandbox);
