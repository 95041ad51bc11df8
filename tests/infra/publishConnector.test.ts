import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type FakeAzd, fakeAzd, runHook } from './fakeAzd.ts';

const deployed = {
  AZURE_ENV_NAME: 'dev',
  AZURE_RESOURCE_GROUP: 'rg-dev',
  AZURE_TENANT_ID: '22222222-2222-4222-8222-222222222222',
  SERVICE_API_NAME: 'func-abc',
  SERVICE_API_HOST: 'func-abc.azurewebsites.net',
};

const id = '0f0e0d0c-1111-4222-8333-444455556666';
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

describe('publish-connector', () => {
  it('writes copies that point at the deployed app, and tells how to import them where there is no pac', async () => {
    const { code, output, folder, read } = await publish(deployed);
    expect(code).toBe(0);
    for (const name of ['apiDefinition.swagger.json', 'mcp/apiDefinition.swagger.json']) {
      expect(JSON.parse(read(name))).toMatchObject({ host: 'func-abc.azurewebsites.net', basePath: '/api' });
    }
    expect(JSON.parse(read('apiProperties.json')).properties.connectionParameters).toHaveProperty('api_key');
    expect(JSON.parse(read('../plugin/openapi.json')).servers).toEqual([
      { url: 'https://func-abc.azurewebsites.net/api' },
    ]);
    expect(JSON.parse(read('../plugin/ai-plugin.json')).runtimes[0].spec.url).toBe('openapi.json');
    expect(readFileSync(join(folder, 'icon.png')).subarray(1, 4).toString()).toBe('PNG');
    expect(output).toContain('(pac) is not installed');
    for (const click of ['1. ', '2. ', '3. ', '4. ']) expect(output).toContain(click);
    expect(output).toContain(join(folder, 'apiDefinition.swagger.json'));
    expect(output).toContain('func-abc, App keys');
  });

  it('fills in the app registration and the tenant where callers sign in', async () => {
    const clientId = '33333333-3333-4333-8333-333333333333';
    const { read, output } = await publish({ ...deployed, INBOUND_AUTH: 'entra', ENTRA_CLIENT_ID: clientId });
    for (const name of ['apiProperties.json', 'mcp/apiProperties.json']) {
      const { oAuthSettings } = JSON.parse(read(name)).properties.connectionParameters.token;
      expect(oAuthSettings).toMatchObject({
        clientId,
        properties: { AzureActiveDirectoryResourceId: `api://${clientId}` },
        customParameters: {
          tenantId: { value: deployed.AZURE_TENANT_ID },
          resourceUri: { value: `api://${clientId}` },
        },
      });
    }
    expect(read('apiDefinition.swagger.json')).toContain(`/${deployed.AZURE_TENANT_ID}/oauth2/token`);
    expect(output).toContain(`resource api://${clientId}`);
  });

  it('creates the connectors that pac does not list', async () => {
    const { code, output, folder, calls } = await publish(deployed, 'Connector ID  Display Name\n');
    expect(output).toContain(
      'Created the connector Jira and Salesforce.\nCreated the connector Jira and Salesforce (MCP).',
    );
    expect(code).toBe(0);
    const [list, actions, mcp] = calls();
    expect(list).toEqual(['connector', 'list']);
    expect(actions?.slice(0, 2)).toEqual(['connector', 'create']);
    expect(flag(actions, '--api-definition-file')).toBe(join(folder, 'apiDefinition.swagger.json'));
    expect(flag(actions, '--api-properties-file')).toBe(join(folder, 'apiProperties.json'));
    expect(flag(actions, '--icon-file')).toBe(join(folder, 'icon.png'));
    expect(flag(mcp, '--api-definition-file')).toBe(join(folder, 'mcp/apiDefinition.swagger.json'));
  });

  it.each([
    ['far apart', '  '],
    ['a single space apart', ' '],
  ])('updates the connector of the very same name, and no other, where columns are %s', async (_, gap) => {
    const rows = [
      ['Connector ID', 'Name', 'Display Name', 'Type'],
      [otherId, 'new_my-jira-and-salesforce', 'My Jira and Salesforce', 'Custom'],
      [id, 'new_jira-and-salesforce', 'Jira and Salesforce', 'Custom'],
    ];
    const table = rows.map(([key = '', name = '', title = '', type = '']) =>
      [key.padEnd(36), name.padEnd(26), title.padEnd(22), type].join(gap),
    );
    const { output, calls } = await publish(deployed, ['Connected as maker@contoso.example', '', ...table].join('\n'));
    expect(output).toContain('Updated the connector Jira and Salesforce.');
    expect(output).toContain('Created the connector Jira and Salesforce (MCP).');
    const [, actions, mcp] = calls();
    expect(actions?.slice(0, 4)).toEqual(['connector', 'update', '--connector-id', id]);
    expect(mcp?.slice(0, 2)).toEqual(['connector', 'create']);
  });

  it('publishes to the environment and solution that are set', async () => {
    const target = {
      POWER_PLATFORM_ENVIRONMENT: 'https://org.crm.dynamics.example',
      POWER_PLATFORM_SOLUTION: 'agents',
    };
    const { calls } = await publish({ ...deployed, ...target }, 'none');
    for (const call of calls()) expect(flag(call, '--environment')).toBe(target.POWER_PLATFORM_ENVIRONMENT);
    expect(flag(calls()[1], '--solution-unique-name')).toBe('agents');
  });

  it('changes nothing when two connectors have the name', async () => {
    const { code, output, calls } = await publish(
      deployed,
      `${id}  Jira and Salesforce\n${otherId}  Jira and Salesforce`,
    );
    expect(code).toBe(1);
    expect(output).toContain('There are 2 connectors named Jira and Salesforce.');
    expect(calls()).toEqual([['connector', 'list']]);
  });

  it('tells how to import where nobody is signed in to pac, and what pac said', async () => {
    const { code, output } = await publish(deployed, '');
    expect(code).toBe(0);
    expect(output).toContain('No profiles were found');
    expect(output).toContain('To import the connector yourself');
  });

  it('refuses before the app is deployed', async () => {
    const { code, output } = await publish({ AZURE_ENV_NAME: 'dev' });
    expect(code).toBe(1);
    expect(output).toBe('The app is not deployed yet. Run azd up first.\n');
  });
});
