import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type JiraSandbox, startSandbox } from '../../../functions/jira/sandbox/startSandbox.ts';
import { principal } from '../../support/principal.ts';
import { type JiraApp, startJiraApp } from '../harness.ts';
import { entra } from '../signedIn.ts';

const administrator = 'juergen.gross@example.com';
const app = '712020:00000000-0000-4000-8000-000000000010';
const left = '712020:00000000-0000-4000-8000-000000000009';
/** Zoe alone may browse BEACON. */
const zoe = 'zoe.obrien@example.com';

let jira: JiraSandbox;
let site: JiraApp;

beforeAll(async () => {
  jira = await startSandbox();
  const { people, projects, globalPermissions } = jira.site;
  const person = (address: string) => {
    const found = people.find(({ email }) => email === address);
    if (!found) throw new Error(`Nobody has ${address}`);
    return found;
  };
  globalPermissions.ADMINISTER = [person(administrator).accountId];
  const beacon = projects.find(({ key }) => key === 'BEACON');
  if (beacon) beacon.permissions.BROWSE_PROJECTS = [person(zoe).accountId];
  const priya = person('priya.n@example.com');
  const other = { ...priya, accountId: '712020:00000000-0000-4000-8000-0000000000aa' };
  const customer = {
    ...person('carla@client.example'),
    email: priya.email,
    accountId: 'qm:00000000-0000-4000-8000-0000000000ab:7',
  };
  Object.assign(jira.site, { people: [...people, other, customer] });
  site = await startJiraApp(
    {
      ...entra,
      // The permissions' credential is at the gateway as well.
      JIRA_AUTH: 'service-account',
      JIRA_CLOUD_ID: jira.cloudId,
      JIRA_CLIENT_ID: 'sandbox-client',
      JIRA_CLIENT_SECRET: 'sandbox-secret',
      JIRA_TOKEN_URL: `${jira.url}/oauth/token`,
      JIRA_RUN_AS: 'caller',
      JIRA_PERMISSIONS_EMAIL: administrator,
      JIRA_PERMISSIONS_TOKEN: jira.apiTokenOf(administrator),
      JIRA_USER_MAP: [
        `other@corp.example=${zoe}`,
        `app@corp.example=${app}`,
        `left@corp.example=${left}`,
        'part@corp.example=zoe',
        'shared@corp.example=priya.n@example.com',
        'known_x.example#EXT#@corp.example=zoe.obrien@example.com',
        '*@corp.example=*@example.com',
      ].join(),
    },
    jira,
  );
});
afterAll(async () => {
  await site.stop();
  await jira.close();
});

const as = (upn?: string) =>
  site.read(
    'getIssue',
    { issueKey: 'BEACON-1' },
    principal({ tid: 'tenant', oid: `oid-${upn}`, scp: 'access', ...(upn !== undefined && { upn }) }),
  );

describe('the account of a caller', () => {
  it.each(['other@corp.example', 'zoe.obrien@corp.example', 'known_x.example#EXT#@corp.example'])(
    'is the one that the map gives: %s',
    async upn => expect((await as(upn)).status).toBe(200),
  );

  it('has its own rights, and not those of the account of the service', async () => {
    expect((await as('ana.ruiz@corp.example')).body.code).toBe('not_found');
  });

  it.each<[string | undefined, string]>([
    [
      'app@corp.example',
      'no active account of a person or a customer shows the address or account ID that JIRA_USER_MAP',
    ],
    ['left@corp.example', 'correct the setting JIRA_USER_MAP'],
    ['part@corp.example', 'correct the setting JIRA_USER_MAP'],
    ['shared@corp.example', 'several active accounts have the address'],
    // No pattern covers a guest.
    ['zoe.obrien#EXT#@corp.example', 'no entry of the setting JIRA_USER_MAP covers that name'],
    [zoe, 'no entry of the setting JIRA_USER_MAP covers that name'],
    [undefined, 'the claim upn'],
  ])('is nobody’s, and the cause is told: %s', async (upn, told) => {
    const { status, body } = await as(upn);
    expect([status, body.code]).toEqual([403, 'forbidden']);
    expect(body.detail).toContain(told);
  });
});
