import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type FakeAzd, fakeAzd, runHook } from './fakeAzd.ts';

const deployed = {
  AZURE_ENV_NAME: 'dev',
  AZURE_RESOURCE_GROUP: 'rg-dev',
  AZURE_TENANT_ID: '22222222-2222-4222-8222-222222222222',
  SERVICE_API_NAME: 'func-abc',
  SERVICE_API_HOST: 'func-abc.azurewebsites.net',
  JIRA_BASE_URL: 'https://contoso.atlassian.net',
};

const withBoth = { ...deployed, SALESFORCE_LOGIN_URL: 'https://contoso.my.salesforce.com' };

const id = '0f0e0d0c-1111-4222-8333-444455556666';
const mcpId = '11111111-1111-4222-8333-444455556666';
const otherId = '99999999-1111-4222-8333-444455556666';

let azd: FakeAzd | undefined;
afterEach(() => azd?.remove());

/** A pac on PATH, beside azd, that prints `table` and keeps what it is called with. */
function addPac({ folder }: FakeAzd, table: string): () => string[][] {
  const calls = join(folder, 'pac-calls');
  writeFileSync(calls, '');
  const program = `#!${process.execPath}
require('node:fs').appendFileSync(${JSON.stringify(calls)}, JSON.stringify(process.argv.slice(2)) + '\\n');
const verb = process.argv[3];
if (verb === 'list') ${table === '' ? "process.exit(console.error('Error: No profiles were found on this computer.') ?? 1)" : `console.log(${JSON.stringify(table)})`};
`;
  writeFileSync(join(folder, 'pac'), program, { mode: 0o755 });
  return () =>
    readFileSync(calls, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line) as string[]);
}

/** Publishes for an environment with these values; the copies go to a folder of the test's own. */
async function publish(values: Record<string, string>, table?: string) {
  azd = fakeAzd(values);
  const calls = table === undefined ? () => [] : addPac(azd, table);
  const folder = join(azd.folder, 'connector');
  const run = await runHook('publish-connector.ts', { azd, args: [folder] });
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  return { ...run, folder, calls, read };
}

/** What follows a flag in a call. */
function flag(call: string[] | undefined, name: string): string | undefined {
  return call?.[call.indexOf(name) + 1];
}

/** The call that gave pac the connector in this folder. */
function callFor(calls: string[][], folder: string): string[] | undefined {
  return calls.find(call => flag(call, '--api-definition-file') === join(folder, 'apiDefinition.swagger.json'));
}

describe('publish-connector', () => {
  it('writes copies that point at the deployed app, and tells how to import them where there is no pac', async () => {
    const { code, output, folder, read } = await publish(deployed);
    expect(code).toBe(0);
    for (const name of ['jira', 'jira/mcp/jira', 'mcp']) {
      expect(JSON.parse(read(`${name}/apiDefinition.swagger.json`))).toMatchObject({
        host: 'func-abc.azurewebsites.net',
        basePath: '/api',
      });
      expect(JSON.parse(read(`${name}/apiProperties.json`)).properties.connectionParameters).toHaveProperty('api_key');
      expect(
        readFileSync(join(folder, name, 'icon.png'))
          .subarray(1, 4)
          .toString(),
      ).toBe('PNG');
    }
    expect(JSON.parse(read('../plugin/jira/openapi.json')).servers).toEqual([
      { url: 'https://func-abc.azurewebsites.net/api' },
    ]);
    expect(JSON.parse(read('../plugin/jira/ai-plugin.json')).runtimes[0].spec.url).toBe('openapi.json');
    expect(output).toContain('(pac) is not installed');
    expect(output).toContain(`The connectors are in ${folder}:`);
    expect(output).toMatch(/^ {2}Jira +jira$/m);
    expect(output).toMatch(/^ {2}Jira \(MCP\) +jira\/mcp\/jira$/m);
    expect(output).toMatch(/^ {2}All systems \(MCP\) +mcp$/m);
    for (const click of ['1. ', '2. ', '3. ', '4. ']) expect(output.split(click)).toHaveLength(2);
    expect(output).toContain('func-abc, App keys');
  });

  it('leaves out the systems that are not configured', async () => {
    const { output, folder } = await publish(deployed);
    expect(readdirSync(folder).sort()).toEqual(['jira', 'mcp']);
    expect(readdirSync(join(folder, '../plugin'))).toEqual(['jira']);
    expect(output).not.toContain('Salesforce');
  });

  it('says what to set where no system is configured', async () => {
    const { JIRA_BASE_URL: _, ...nothing } = deployed;
    const { code, output, folder } = await publish(nothing, 'none');
    expect(code).toBe(0);
    expect(output).toMatch(/^No system is configured.* Set .*\bJIRA_BASE_URL\b.*\.\n$/);
    expect(existsSync(folder)).toBe(false);
  });

  it('puts in the app registration and the tenant where callers sign in', async () => {
    const clientId = '33333333-3333-4333-8333-333333333333';
    const { read, output } = await publish({ ...deployed, INBOUND_AUTH: 'Entra', ENTRA_CLIENT_ID: clientId });
    for (const name of ['jira', 'jira/mcp/jira', 'mcp']) {
      const { oAuthSettings } = JSON.parse(read(`${name}/apiProperties.json`)).properties.connectionParameters.token;
      expect(oAuthSettings).toMatchObject({
        clientId,
        properties: { AzureActiveDirectoryResourceId: `api://${clientId}` },
        customParameters: {
          tenantId: { value: deployed.AZURE_TENANT_ID },
          resourceUri: { value: `api://${clientId}` },
        },
      });
      expect(read(`${name}/apiDefinition.swagger.json`)).toContain(`/${deployed.AZURE_TENANT_ID}/oauth2/token`);
    }
    expect(output).toContain(`resource api://${clientId}`);
  });

  it('refuses to publish without the app registration that callers are to sign in to', async () => {
    const { code, output } = await publish({ ...deployed, INBOUND_AUTH: 'entra' });
    expect(code).toBe(1);
    expect(output).toBe(
      'With INBOUND_AUTH=entra, ENTRA_CLIENT_ID and AZURE_TENANT_ID must be set. Run azd provision first.\n',
    );
  });

  it('creates the connectors that pac does not list', async () => {
    const { code, output, folder, calls } = await publish(withBoth, 'Connector ID  Display Name\n');
    for (const title of ['Jira', 'Jira (MCP)', 'Salesforce', 'Salesforce (MCP)', 'All systems (MCP)']) {
      expect(output).toContain(`Created the connector ${title}.\n`);
    }
    expect(code).toBe(0);
    expect(calls()[0]).toEqual(['connector', 'list']);
    for (const connector of ['jira', 'jira/mcp/jira', 'salesforce', 'salesforce/mcp/salesforce', 'mcp']) {
      const call = callFor(calls(), join(folder, connector));
      expect(call?.slice(0, 2), connector).toEqual(['connector', 'create']);
      expect(flag(call, '--api-properties-file')).toBe(join(folder, connector, 'apiProperties.json'));
      expect(flag(call, '--icon-file')).toBe(join(folder, connector, 'icon.png'));
    }
  });

  it.each([
    ['far apart', '  '],
    ['a single space apart', ' '],
  ])('updates the connector of the very same name, and no other, where columns are %s', async (_, gap) => {
    const rows = [
      ['Connector ID', 'Name', 'Display Name', 'Type'],
      [otherId, 'new_my-jira', 'My Jira', 'Custom'],
      [mcpId, 'new_jira-mcp', 'Jira (MCP)', 'Custom'],
      [id, 'new_jira', 'Jira', 'Custom'],
    ];
    const table = rows.map(([key = '', name = '', title = '', type = '']) =>
      [key.padEnd(36), name.padEnd(26), title.padEnd(22), type].join(gap),
    );
    const list = ['Connected as maker@contoso.example', '', ...table].join('\n');
    const { output, folder, calls } = await publish(deployed, list);
    for (const line of [
      'Updated the connector Jira',
      'Updated the connector Jira (MCP)',
      'Created the connector All',
    ]) {
      expect(output).toContain(line);
    }
    const startOf = (connector: string) => callFor(calls(), join(folder, connector))?.slice(1, 4);
    expect(startOf('jira')).toEqual(['update', '--connector-id', id]);
    expect(startOf('jira/mcp/jira')).toEqual(['update', '--connector-id', mcpId]);
    expect(startOf('mcp')?.[0]).toBe('create');
  });

  it('publishes to the environment and solution that are set', async () => {
    const target = {
      POWER_PLATFORM_ENVIRONMENT: 'https://org.crm.dynamics.example',
      POWER_PLATFORM_SOLUTION: 'agents',
    };
    const { calls } = await publish({ ...deployed, ...target }, 'none');
    for (const call of calls()) expect(flag(call, '--environment')).toBe(target.POWER_PLATFORM_ENVIRONMENT);
    for (const call of calls().slice(1)) expect(flag(call, '--solution-unique-name')).toBe('agents');
  });

  it('changes nothing when two connectors have the name', async () => {
    const { code, output, calls } = await publish(deployed, `${id}  Jira (MCP)\n${otherId}  Jira (MCP)`);
    expect(code).toBe(1);
    expect(output).toContain('There are 2 connectors named Jira (MCP).');
    expect(calls()).toEqual([['connector', 'list']]);
  });

  it('tells how to import where nobody is signed in to pac, and what pac said', async () => {
    const { code, output } = await publish(deployed, '');
    expect(code).toBe(0);
    expect(output).toContain('No profiles were found');
    expect(output).toContain('To import one yourself');
  });

  const atJira = { ...withBoth, JIRA_AUTH: 'Caller', JIRA_CLOUD_ID: 'cloud-1', SALESFORCE_CLIENT_ID: '3MVG9' };

  it('has users sign in at a vendor for its connectors alone, and publishes those whose app there is known', async () => {
    const clientIds = { USER_SIGN_IN_CLIENT_IDS: 'jira=rest-app, jira/mcp/jira-planning=planning-app' };
    const { code, output, folder, calls, read } = await publish({ ...atJira, ...clientIds }, 'none');
    expect(code).toBe(0);
    const oauthOf = (connector: string) =>
      JSON.parse(read(`${connector}/apiProperties.json`)).properties.connectionParameters.token?.oAuthSettings;
    expect(oauthOf('jira')).toMatchObject({ identityProvider: 'oauth2generic', clientId: 'rest-app' });
    expect(oauthOf('jira/mcp/jira-planning')).toMatchObject({ clientId: 'planning-app' });
    expect(oauthOf('jira').scopes).toEqual(expect.arrayContaining(['read:servicedesk-request', 'offline_access']));
    expect(oauthOf('jira/mcp/jira-planning').scopes).not.toContain('read:servicedesk-request');
    // What a function key is for stays so; what would need two sign-ins is gone.
    expect(oauthOf('salesforce')).toBeUndefined();
    expect(oauthOf('mcp')).toBeUndefined();
    expect(existsSync(join(folder, 'accounts-and-issues'))).toBe(false);
    expect(readdirSync(join(folder, '../plugin'))).toEqual(['salesforce']);
    for (const connector of ['jira', 'jira/mcp/jira-planning', 'salesforce', 'mcp']) {
      expect(callFor(calls(), join(folder, connector))?.[1], connector).toBe('create');
    }
    for (const connector of ['jira/mcp/jira', 'jira/mcp/jira-service']) {
      expect(callFor(calls(), join(folder, connector)), connector).toBeUndefined();
    }
    expect(output).toContain('Not published, because the client ID of their OAuth 2.0 integration is not known: ');
    expect(output).toContain(
      'azd env set USER_SIGN_IN_CLIENT_IDS jira/mcp/jira=<client ID>,jira/mcp/jira-service=<client ID>',
    );
    expect(output).toContain('takes one redirect URL, so these 4 connectors need 4.');
    expect(output).toContain('func-abc, App keys');
  });

  it('tells how users sign in at a vendor where there is no pac, and nothing of function keys where nobody needs one', async () => {
    const { SALESFORCE_LOGIN_URL: _, ...jiraAlone } = { ...atJira, SALESFORCE_CLIENT_ID: '' };
    const { code, output, folder, read } = await publish(jiraAlone);
    expect(code).toBe(0);
    // No other vendor is configured, so that its users are those of the main tools, too.
    expect(readdirSync(folder).sort()).toEqual(['jira', 'mcp']);
    expect(read('mcp/apiProperties.json')).toContain('oauth2generic');
    expect(output).toContain('Users sign in at Atlassian');
    expect(output).not.toContain('App keys');
    expect(output).not.toContain('Import an OpenAPI file');
  });

  it('publishes all connectors of a vendor by one app where that takes all redirect URLs', async () => {
    const atSalesforce = {
      ...withBoth,
      SALESFORCE_AUTH: 'caller',
      USER_SIGN_IN_CLIENT_IDS: 'salesforce=3MVG9.app',
    };
    const { code, output, calls, folder, read } = await publish(atSalesforce, 'none');
    expect(code, output).toBe(0);
    for (const connector of ['salesforce', 'salesforce/mcp/salesforce-sales']) {
      expect(callFor(calls(), join(folder, connector))?.[1], connector).toBe('create');
      const text = read(`${connector}/apiProperties.json`);
      expect(text).toContain('"clientId": "3MVG9.app"');
      expect(text).toContain('https://contoso.my.salesforce.com/services/oauth2/token');
    }
    expect(output).not.toContain('Not published');
  });

  it('has each operation name a site where users may sign in to several', async () => {
    const sites = {
      JIRA_BASE_URL: 'https://contoso.atlassian.net,https://fabrikam.atlassian.net',
      JIRA_CLOUD_ID: 'cloud-1,cloud-2',
    };
    const { code, output, read } = await publish({ ...atJira, ...sites });
    expect(code, output).toBe(0);
    const { paths } = JSON.parse(read('jira/apiDefinition.swagger.json'));
    expect(paths['/jira/getIssue'].get.parameters).toContainEqual(
      expect.objectContaining({ name: 'site', required: true, enum: ['contoso', 'fabrikam'] }),
    );
  });

  it.each([
    [{ ...atJira, JIRA_CLOUD_ID: '' }, 'JIRA_CLOUD_ID is not set.'],
    [{ ...atJira, USER_SIGN_IN_CLIENT_IDS: 'jiira=app' }, 'USER_SIGN_IN_CLIENT_IDS must be pairs such as '],
    [{ ...atJira, USER_SIGN_IN_CLIENT_IDS: 'jira={Code}' }, 'USER_SIGN_IN_CLIENT_IDS has no client ID for jira'],
    [
      { ...withBoth, SALESFORCE_AUTH: 'caller', SALESFORCE_LOGIN_URL: 'https://login.salesforce.com' },
      "SALESFORCE_LOGIN_URL must be your org's own My Domain address",
    ],
  ])('refuses what users could not sign in with: %j', async (values, message) => {
    const { code, output, folder } = await publish(values, 'none');
    expect(code).toBe(1);
    expect(output).toContain(message);
    expect(existsSync(folder)).toBe(false);
  });

  it('refuses before the app is deployed', async () => {
    const { code, output } = await publish({ AZURE_ENV_NAME: 'dev' });
    expect(code).toBe(1);
    expect(output).toBe('The app is not deployed yet. Run azd up first.\n');
  });
});
