import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { actions } from '../../../functions/actions.ts';
import { readFlags, WrongFlags } from '../../../tools/connector/readFlags.ts';

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

describe('the flags', () => {
  const of = (text: string) => readFlags(text.split(' ').filter(Boolean), actions);
  const app = `--host ${host}`;

  it.each([
    ['', '--system is missing.'],
    [`--system sap --auth key ${app}`, 'There is no system sap with actions; there is '],
    [`--system jira ${app}`, '--auth is missing.'],
    [`--system jira --auth password ${app}`, '--auth must be key or entra, not password.'],
    ['--system jira --auth key', '--host is missing.'],
    [`--system jira --auth key --host https://${host}`, `not https://${host}.`],
    [`--system jira --auth key --host ${host}/api`, `not ${host}/api.`],
    [`--system jira --auth entra ${app}`, '--auth entra needs --client-id and --tenant-id.'],
    [`--system jira --auth entra ${app} --client-id ${clientId}`, '--auth entra needs --client-id and --tenant-id.'],
    [`--system jira --auth entra ${app} --client-id mine --tenant-id ${tenantId}`, 'must be GUIDs'],
    [`--system jira --auth key ${app} --client-id ${clientId}`, '--client-id and --tenant-id are for --auth entra.'],
    [`--system jira --mcp salesforce --auth key ${app}`, 'jira has no toolset salesforce with actions; there is jira'],
    [`--system jira --mcp core --auth key ${app}`, '--mcp core is of all systems: leave --system out.'],
    [`--system jira --auth key ${app} --port 80`, "Unknown option '--port'"],
    [`--system jira --auth key ${app} --out`, "Option '--out <value>' argument missing"],
    [`jira --auth key ${app}`, "Unexpected argument 'jira'"],
  ])('%s: refused', (text, message) => {
    expect(() => of(text)).toThrow(WrongFlags);
    expect(() => of(text)).toThrow(message);
  });

  it('name the core tools of all systems without a system', () => {
    expect(of(`--mcp core --auth key ${app}`)).toEqual({ key: 'core', signIn: { auth: 'key', host }, out: undefined });
  });
});
