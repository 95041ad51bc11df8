import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actions } from '../../../functions/actions.ts';
import { systems } from '../../../functions/everySystem.ts';
import { makeConnector } from '../../../tools/connector/makeConnector.ts';
import { readFlags, WrongFlags } from '../../../tools/connector/readFlags.ts';
import { userSignIns } from '../../../tools/connector/vendorSignIn.ts';
import { actions as allActions } from '../../support/sandboxedActions.ts';

const root = resolve(import.meta.dirname, '../../..');
const out = mkdtempSync(join(tmpdir(), 'connector-'));
afterAll(() => rmSync(out, { recursive: true }));

const clientId = '33333333-3333-4333-8333-333333333333';
const tenantId = '22222222-2222-4222-8222-222222222222';
const host = 'contoso.azurewebsites.net';

async function run(...args: string[]): Promise<{ code: number; output: string }> {
  try {
    const command = [join(root, 'tools/connector/connector.ts'), ...args];
    const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: out });
    return { code: 0, output: stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

const read = (folder: string, name: string) => JSON.parse(readFileSync(join(out, folder, name), 'utf8'));
const generated = (path: string) => JSON.parse(readFileSync(join(root, 'infra/connector', path), 'utf8'));

describe('npm run connector', () => {
  it('writes a connector with a function key that differs from the generated one in the host alone', async () => {
    const { code, output } = await run('--system', 'jira', '--auth', 'key', '--host', host);
    expect(code).toBe(0);
    expect(output).toContain(`Wrote the connector Jira for ${host} to ${join(out, 'connector/jira')}`);
    expect(readdirSync(join(out, 'connector/jira')).sort()).toEqual([
      'apiDefinition.swagger.json',
      'apiProperties.json',
      'icon.png',
      'settings.json',
    ]);
    expect(read('connector/jira', 'apiDefinition.swagger.json')).toEqual({
      ...generated('jira/apiDefinition.swagger.json'),
      host,
    });
    expect(read('connector/jira', 'apiProperties.json')).toEqual(generated('jira/apiProperties.json'));
  });

  it('writes the tools of a toolset with a sign-in on behalf of the user, for this app and tenant', async () => {
    const registration = ['--client-id', clientId, '--tenant-id', tenantId];
    const which = ['--system', 'salesforce', '--mcp', 'salesforce', '--out', 'mine'];
    const { code } = await run(...which, '--auth', 'entra', '--host', host, ...registration);
    expect(code).toBe(0);
    const { securityDefinitions, security, paths } = read('mine', 'apiDefinition.swagger.json');
    expect(Object.keys(paths)).toEqual(['/mcp/x/salesforce']);
    expect(security).toEqual([{ entra_id: [] }]);
    expect(securityDefinitions).toEqual({
      entra_id: {
        type: 'oauth2',
        flow: 'accessCode',
        authorizationUrl: `https://login.microsoftonline.com/${tenantId}/oauth2/authorize`,
        tokenUrl: `https://login.microsoftonline.com/${tenantId}/oauth2/token`,
        scopes: {},
      },
    });
    const { connectionParameters, iconBrandColor } = read('mine', 'apiProperties.json').properties;
    expect(iconBrandColor).toBe(generated('salesforce/apiProperties.json').properties.iconBrandColor);
    expect(Object.keys(connectionParameters)).toEqual(['token']);
    expect(connectionParameters.token).toMatchObject({
      type: 'oauthSetting',
      oAuthSettings: {
        identityProvider: 'aad',
        clientId,
        scopes: [`api://${clientId}/.default`],
        redirectMode: 'GlobalPerConnector',
        properties: { AzureActiveDirectoryResourceId: `api://${clientId}`, IsOnbehalfofLoginSupported: true },
        customParameters: {
          tenantId: { value: tenantId },
          resourceUri: { value: `api://${clientId}` },
          enableOnbehalfOfLogin: { value: 'true' },
        },
      },
    });
  });

  it('ends with 1, and says what is wrong and how it is used', async () => {
    const { code, output } = await run('--auth', 'key');
    expect(code).toBe(1);
    expect(output).toMatch(/^--system is missing\.\nUsage: npm run connector -- --system/);
  });
});

describe('a connector whose users sign in at the vendor', () => {
  const make = async (folder: string, ...args: string[]) => {
    const known = { actions, systems, signIns: await userSignIns(systems) };
    const flags = ['--auth', 'user', '--host', host, '--out', join(out, folder), ...args];
    return makeConnector(flags, known, { load: async () => allActions, version: '1.2.3' });
  };

  it('has operations whose users sign in at Atlassian, with the scopes of the toolsets that are chosen', async () => {
    const which = ['--system', 'jira', '--toolsets', 'jira-planning'];
    const output = await make('planning', ...which, '--client-id', 'Jira-App_1');
    const { paths, securityDefinitions, security } = read('planning', 'apiDefinition.swagger.json');
    const planning = actions.filter(({ toolset }) => toolset === 'jira-planning');
    expect(Object.keys(paths)).toEqual(planning.map(({ name }) => `/jira/${name}`));
    const { oAuthSettings } = read('planning', 'apiProperties.json').properties.connectionParameters.token;
    expect(oAuthSettings).toEqual({
      identityProvider: 'oauth2generic',
      clientId: 'Jira-App_1',
      scopes: expect.arrayContaining([
        'read:jira-work',
        'read:jira-user',
        'write:sprint:jira-software',
        'manage:jira-project',
        'offline_access',
      ]),
      redirectMode: 'GlobalPerConnector',
      properties: { IsFirstParty: 'False', IsOnbehalfofLoginSupported: false },
      customParameters: {
        scopeListDelimiter: { value: ' ' },
        authorizationUrlTemplate: { value: 'https://auth.atlassian.com/authorize' },
        authorizationUrlQueryStringTemplate: {
          value:
            '?response_type=code&client_id={ClientId}&redirect_uri={RedirectUrl}&scope={Scopes}&state={State}&audience=api.atlassian.com&prompt=consent',
        },
        tokenUrlTemplate: { value: 'https://auth.atlassian.com/oauth/token' },
        tokenBodyTemplate: {
          value:
            'grant_type=authorization_code&code={Code}&redirect_uri={RedirectUrl}&client_id={ClientId}&client_secret={ClientSecret}',
        },
        refreshUrlTemplate: { value: 'https://auth.atlassian.com/oauth/token' },
        refreshBodyTemplate: {
          value:
            'grant_type=refresh_token&refresh_token={RefreshToken}&client_id={ClientId}&client_secret={ClientSecret}',
        },
      },
    });
    expect(oAuthSettings.scopes.filter((scope: string) => scope.includes('servicedesk'))).toEqual([]);
    expect(security).toEqual([{ user_sign_in: oAuthSettings.scopes }]);
    expect(securityDefinitions).toEqual({
      user_sign_in: {
        type: 'oauth2',
        flow: 'accessCode',
        authorizationUrl: 'https://auth.atlassian.com/authorize',
        tokenUrl: 'https://auth.atlassian.com/oauth/token',
        scopes: Object.fromEntries(oAuthSettings.scopes.map((scope: string) => [scope, expect.stringMatching(/^\w/)])),
      },
    });
    expect(output).toContain('takes one redirect URL, so this connector needs one of its own');
    expect(output).toContain('pac connector create --api-definition-file');
    // What is asked for in the sign-in alone is on no page of the console.
    expect(output).toMatch(/^ {7}read:jira-work .*write:sprint:jira-software[^_]*$/m);
  });

  it('has the tools of a toolset, for those who sign in at their own org of Salesforce', async () => {
    const org = ['--client-id', '3MVG9.a_b', '--login-url', 'https://contoso.my.salesforce.com/'];
    const output = await make('sales', '--system', 'salesforce', '--mcp', 'salesforce-sales', ...org);
    expect(Object.keys(read('sales', 'apiDefinition.swagger.json').paths)).toEqual(['/mcp/x/salesforce-sales']);
    const { clientId, scopes, customParameters } = read('sales', 'apiProperties.json').properties.connectionParameters
      .token.oAuthSettings;
    expect(clientId).toBe('3MVG9.a_b');
    expect(scopes).toEqual(['api', 'id', 'refresh_token']);
    const oauth = 'https://contoso.my.salesforce.com/services/oauth2';
    expect(customParameters).toMatchObject({
      authorizationUrlTemplate: { value: `${oauth}/authorize` },
      tokenUrlTemplate: { value: `${oauth}/token` },
      refreshUrlTemplate: { value: `${oauth}/token` },
      refreshBodyTemplate: { value: expect.stringContaining('&client_secret={ClientSecret}') },
    });
    expect(output).toContain('One External Client App takes the redirect URLs of all connectors.');
  });

  it('asks for each scope that an action of it may need, and for no other', async () => {
    for (const toolset of ['jira', 'jira-planning', 'jira-service']) {
      await make(toolset, '--system', 'jira', '--mcp', toolset, '--client-id', 'app');
      const { scopes } = read(toolset, 'apiProperties.json').properties.connectionParameters.token.oAuthSettings;
      const needs = allActions.flatMap(action => (action.toolset === toolset && action.needs ? [action.needs] : []));
      const needed = needs.flatMap(({ scopes = [], also = [] }) => [
        ...scopes,
        ...also.flatMap(each => each.scopes ?? []),
      ]);
      expect(new Set(scopes)).toEqual(new Set([...needed, 'read:jira-user', 'offline_access']));
      expect(scopes).toHaveLength(new Set(scopes).size);
    }
  });

  it('lets each call name one of several sites, and a list for another input ask that site', async () => {
    await make('sites', '--system', 'jira', '--sites', 'contoso,fabrikam', '--toolsets', 'jira', '--client-id', 'app');
    const { paths } = read('sites', 'apiDefinition.swagger.json');
    const site = { type: 'string', enum: ['contoso', 'fabrikam'] };
    expect(paths['/jira/getIssue'].get.parameters).toContainEqual(
      expect.objectContaining({ name: 'site', in: 'query', required: true, ...site }),
    );
    const [body] = paths['/jira/createIssue'].post.parameters;
    expect(body.schema.properties.site).toMatchObject(site);
    expect(body.schema.required).toContain('site');
    const lists = JSON.stringify(paths).match(/"x-ms-dynamic-values":\{"operationId":"\w+","parameters":/g) ?? [];
    const asked = JSON.stringify(paths).match(/"parameters":\{"site":\{"parameter":"site"\}/g) ?? [];
    expect(asked.length).toBeGreaterThan(0);
    expect(asked).toHaveLength(lists.length);
    expect(JSON.stringify(paths).match(/"enum":\["contoso","fabrikam"\]/g)).toHaveLength(Object.keys(paths).length);
  });
});

describe('the flags', () => {
  let signIns: Awaited<ReturnType<typeof userSignIns>>;
  beforeAll(async () => {
    signIns = await userSignIns(systems);
  });
  const of = (text: string) => readFlags(text.split(' ').filter(Boolean), { actions, systems, signIns });
  const app = `--host ${host}`;
  const mine = `--auth user ${app} --client-id mine`;

  it.each([
    ['', '--system is missing.'],
    [`--system sap --auth key ${app}`, 'There is no system sap with actions; there is '],
    [`--system jira ${app}`, '--auth is missing.'],
    [`--system jira --auth password ${app}`, '--auth must be key, entra or user, not password.'],
    ['--system jira --auth key', '--host is missing.'],
    [`--system jira --auth key --host https://${host}`, `not https://${host}.`],
    [`--system jira --auth key --host ${host}/api`, `not ${host}/api.`],
    [`--system jira --auth entra ${app}`, '--auth entra needs --client-id and --tenant-id.'],
    [`--system jira --auth entra ${app} --client-id ${clientId}`, '--auth entra needs --client-id and --tenant-id.'],
    [`--system jira --auth entra ${app} --client-id mine --tenant-id ${tenantId}`, 'must be GUIDs'],
    [`--system jira --auth key ${app} --client-id ${clientId}`, '--client-id and --tenant-id are for --auth entra.'],
    [`--system jira --mcp salesforce --auth key ${app}`, 'jira has no toolset salesforce with actions; there is jira'],
    [`--system jira --mcp core --auth key ${app}`, '--mcp core is of all systems: leave --system out.'],
    [
      `--system jira --auth user ${app}`,
      '--auth user needs --client-id, that of your OAuth 2.0 integration at Atlassian.',
    ],
    [`--system jira --auth user ${app} --client-id {ClientSecret}`, '--client-id must be as Atlassian shows it'],
    [`--system jira ${mine} --tenant-id ${tenantId}`, '--tenant-id is for --auth entra.'],
    [`--system jira ${mine} --login-url https://contoso.atlassian.net`, 'Atlassian has one.'],
    [`--system salesforce ${mine}`, '--auth user needs --login-url, such as https://your-org.my.salesforce.com'],
    [
      `--system salesforce ${mine} --login-url http://contoso.my.salesforce.com`,
      '--login-url must be an https address',
    ],
    [`--system salesforce ${mine} --login-url contoso.my.salesforce.com`, '--login-url must be an https address'],
    [`--system salesforce ${mine} --login-url https://c.my.salesforce.com/services`, 'of a host alone'],
    [
      `--system salesforce ${mine} --login-url https://login.salesforce.com`,
      "must be your org's own My Domain address",
    ],
    [
      `--system salesforce --auth key ${app} --login-url https://c.my.salesforce.com`,
      '--login-url is for --auth user.',
    ],
    [
      `--system my-changes ${mine}`,
      'Nobody signs in at the vendor of my-changes; --auth user is for jira or salesforce.',
    ],
    [`--system accounts-and-issues ${mine}`, 'Nobody signs in at the vendor of accounts-and-issues'],
    [`--mcp core ${mine}`, '--auth user is for one system, because a request carries one sign-in'],
    [`--system jira ${mine} --toolsets jira,salesforce`, 'jira has no toolset salesforce with actions'],
    [`--system jira ${mine} --toolsets jira,jira`, '--toolsets names one twice.'],
    [`--system jira ${mine} --toolsets jira,`, '--toolsets must be words with commas between.'],
    [`--system jira ${mine} --toolsets jira --mcp jira`, '--toolsets chooses operations'],
    [`--system jira ${mine} --sites contoso`, '--sites must name two or more'],
    [`--system jira ${mine} --sites contoso,https://fabrikam.atlassian.net`, 'the first part of each site'],
    [`--system jira ${mine} --sites contoso,fabrikam --mcp jira`, '--sites is for operations'],
    [`--system salesforce ${mine} --login-url https://c.my.salesforce.com --sites a,b`, 'salesforce has one.'],
    [`--system jira --auth key ${app} --sites contoso,fabrikam`, '--sites is for --auth user'],
    [`--system jira --auth key ${app} --port 80`, "Unknown option '--port'"],
    [`--system jira --auth key ${app} --out`, "Option '--out <value>' argument missing"],
    [`jira --auth key ${app}`, "Unexpected argument 'jira'"],
  ])('%s: refused', (text, message) => {
    expect(() => of(text)).toThrow(WrongFlags);
    expect(() => of(text)).toThrow(message);
  });

  it('name the core tools of all systems without a system', () => {
    expect(of(`--mcp core --auth key ${app}`)).toEqual({
      key: 'core',
      signIn: { auth: 'key', host },
      choice: {},
      out: undefined,
    });
  });
});

it('every system whose callers may sign in at its vendor declares how, and no other does', async () => {
  const declared = [...(await userSignIns(systems)).keys()];
  expect(declared).toEqual(systems.filter(({ callersSignIn }) => callersSignIn).map(({ name }) => name));
});
