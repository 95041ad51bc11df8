import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import agentSchema from '@microsoft/app-manifest/build/json-schemas/copilot/declarative-agent/v1.8/schema.json' with {
  type: 'json',
};
import pluginSchema from '@microsoft/app-manifest/build/json-schemas/copilot/plugin/v2.4/schema.json' with {
  type: 'json',
};
import appSchema from '@microsoft/app-manifest/build/json-schemas/teams/v1.30/MicrosoftTeams.schema.json' with {
  type: 'json',
};
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { unzipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import { actions } from '../../../functions/actions.ts';
import { systems } from '../../../functions/everySystem.ts';
import type { System } from '../../../shared/action/defineSystem.ts';
import { makeConnector } from '../../../tools/connector/makeConnector.ts';
import { userSignIns } from '../../../tools/connector/vendorSignIn.ts';
import { agentGuides, agentInstructions, conversationStarters } from '../../../tools/generate/agentInstructions.ts';
import { actions as allActions } from '../../support/sandboxedActions.ts';

const out = mkdtempSync(join(tmpdir(), 'm365-'));
afterAll(() => rmSync(out, { recursive: true }));

const host = 'contoso.azurewebsites.net';
const guid = '33333333-3333-4333-8333-333333333333';
const entra = ['--auth', 'entra', '--client-id', guid, '--tenant-id', guid];
const signIns = await userSignIns(systems);

const make = (folder: string, ...args: string[]) =>
  makeConnector(
    ['--m365', '--out', join(out, folder), ...args],
    { actions, systems, signIns },
    { load: async () => allActions, version: '1.2.3' },
  );

/** The files in the archive that would be uploaded. */
function unpacked(folder: string): Record<string, Buffer> {
  const archive = readdirSync(join(out, folder)).find(name => name.endsWith('.zip')) ?? '';
  const files = unzipSync(readFileSync(join(out, folder, archive)));
  return Object.fromEntries(Object.entries(files).map(([name, content]) => [name, Buffer.from(content)]));
}

const parsed = (folder: string, name: string) => JSON.parse(unpacked(folder)[name]?.toString() ?? '');

function validator({ $schema: _, ...schema }: { $schema?: string }): (content: unknown) => string[] {
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
  addFormats.default(ajv);
  const validate = ajv.compile(schema);
  return content => {
    validate(content);
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };
}

const appErrors = validator(appSchema);
const agentErrors = validator(agentSchema);
const pluginErrors = validator(pluginSchema);

const sizeOf = (png: Buffer | undefined) => [png?.readUInt32BE(16), png?.readUInt32BE(20)];

describe.each(systems.map(({ name }) => name))('the app for Microsoft 365 Copilot of %s', system => {
  it('is valid by the schemas of Microsoft, and has every file that it names', async () => {
    await make(system, '--system', system, '--host', host, ...entra, '--reference-id', 'abc==');
    const files = unpacked(system);
    const manifest = parsed(system, 'manifest.json');
    expect(appErrors(manifest)).toEqual([]);
    const [{ file: agentFile }] = manifest.copilotAgents.declarativeAgents;
    const agent = parsed(system, agentFile);
    expect(agentErrors(agent)).toEqual([]);
    expect(agent.conversation_starters.length).toBeGreaterThan(0);
    const plugin = parsed(system, agent.actions[0].file);
    expect(pluginErrors(plugin)).toEqual([]);
    const [{ spec, auth, run_for_functions }] = plugin.runtimes;
    expect(auth).toEqual({ type: 'OAuthPluginVault', reference_id: 'abc==' });
    const { paths } = parsed(system, spec.url);
    const operations = Object.values<Record<string, { operationId: string }>>(paths).flatMap(Object.values);
    expect(operations.map(({ operationId }) => operationId)).toEqual(run_for_functions);
    expect(sizeOf(files[manifest.icons.color])).toEqual([192, 192]);
    expect(sizeOf(files[manifest.icons.outline])).toEqual([32, 32]);
    const named = ['manifest.json', agentFile, agent.actions[0].file, spec.url, ...Object.values(manifest.icons)];
    expect(Object.keys(files).sort()).toEqual(named.sort());
    for (const [name, content] of Object.entries(files)) {
      expect(content.equals(readFileSync(join(out, system, name)))).toBe(true);
    }
  });
});

describe('npm run connector -- --m365', () => {
  it('has the main functions, or those that are chosen, and speaks of no tool that the agent lacks', async () => {
    expect(await make('main', '--system', 'jira', '--host', host)).toContain('with 15 functions');
    const few = ['searchIssues', 'getIssue'];
    await make('few', '--system', 'jira', '--host', host, '--actions', few.join());
    expect(parsed('few', 'ai-plugin.json').runtimes[0].run_for_functions.sort()).toEqual(['GetIssue', 'SearchIssues']);
    const { instructions } = parsed('few', 'declarativeAgent.json');
    expect(instructions).toContain('call SearchIssues');
    expect(instructions).not.toMatch(/GetProjectUpdates|Before you change anything/);
    await make('planning', '--system', 'jira', '--host', host, '--toolsets', 'jira-planning');
    const planning = actions.filter(({ toolset }) => toolset === 'jira-planning');
    expect(parsed('planning', 'ai-plugin.json').functions).toHaveLength(planning.length);
  });

  it('sends a function key as the app takes it, and says what is to be registered until its ID is given', async () => {
    const output = await make('key', '--system', 'jira', '--host', host);
    expect(output).toContain(`base URL https://${host}/api`);
    expect(output).toContain('with --reference-id <API key registration ID>');
    expect(parsed('key', 'ai-plugin.json').runtimes[0].auth).toEqual({
      type: 'ApiKeyPluginVault',
      reference_id: `\${{APIKEY_REGISTRATION_ID}}`,
    });
    const { servers, security, components } = parsed('key', 'openapi.json');
    expect(servers).toEqual([{ url: `https://${host}/api` }]);
    expect(security).toEqual([{ function_key: [] }]);
    expect(components.securitySchemes).toEqual({
      function_key: { type: 'apiKey', in: 'header', name: 'x-functions-key' },
    });
    const ready = await make('key', '--system', 'jira', '--host', host, '--reference-id', 'bXk=');
    expect(ready).toContain('Upload a custom app');
    expect(parsed('key', 'ai-plugin.json').runtimes[0].auth.reference_id).toBe('bXk=');
  });

  it('has users sign in at Entra ID or at the vendor, and asks for the scopes of its functions', async () => {
    await make('entra', '--system', 'jira', '--host', host, ...entra);
    expect(parsed('entra', 'openapi.json').security).toEqual([{ entra_id: [`api://${guid}/user_impersonation`] }]);
    const output = await make(
      'user',
      ...['--system', 'jira', '--host', host, '--auth', 'user', '--client-id', 'mine', '--toolsets', 'jira-planning'],
    );
    expect(output).toContain('https://teams.microsoft.com/api/platform/v1.0/oAuthRedirect');
    const { user_sign_in } = parsed('user', 'openapi.json').components.securitySchemes;
    const { authorizationUrl, tokenUrl, scopes } = user_sign_in.flows.authorizationCode;
    expect(authorizationUrl).toBe('https://auth.atlassian.com/authorize?audience=api.atlassian.com&prompt=consent');
    expect(tokenUrl).toBe('https://auth.atlassian.com/oauth/token');
    expect(Object.keys(scopes)).toEqual(expect.arrayContaining(['write:sprint:jira-software', 'offline_access']));
    expect(Object.keys(scopes).join()).not.toContain('servicedesk');
  });

  it('writes the same bytes again, and another app for another host or system', async () => {
    const bytes = () => readFileSync(join(out, 'again', 'jira.zip'));
    await make('again', '--system', 'jira', '--host', host);
    const first = bytes();
    await make('again', '--system', 'jira', '--host', host.toUpperCase(), '--toolsets', 'jira');
    const { id } = parsed('again', 'manifest.json');
    await make('again', '--system', 'jira', '--host', host);
    expect(bytes().equals(first)).toBe(true);
    expect(parsed('again', 'manifest.json').id).toBe(id);
    await make('other', '--system', 'jira', '--host', 'fabrikam.azurewebsites.net');
    await make('sales', '--system', 'salesforce', '--host', host);
    expect(new Set([id, parsed('other', 'manifest.json').id, parsed('sales', 'manifest.json').id]).size).toBe(3);
    await make('mine', '--system', 'jira', '--host', host, '--app-id', guid, '--app-version', '2.0.1');
    expect(parsed('mine', 'manifest.json')).toMatchObject({ id: guid, version: '2.0.1' });
  });

  it('can be looked at before there is a deployment', async () => {
    const output = await make('early', '--system', 'jira');
    expect(output).toContain('with --host <SERVICE_API_HOST>');
    expect(output).toContain('product.ts (publisher.name');
    expect(appErrors(parsed('early', 'manifest.json'))).toEqual([]);
  });

  it.each([
    ['--system sap', 'There is no system sap'],
    ['', '--system is missing.'],
    ['--system jira --mcp jira', '--m365 has operations as its functions'],
    ['--system jira --host a"b.com', '--host must be the name of a host alone'],
    ['--system jira --host evil.com/@contoso', '--host must be the name of a host alone'],
    [`--system jira --host \${{X}}`, '--host must be the name of a host alone'],
    ['--system jira --app-id mine', '--app-id must be a GUID.'],
    ['--system jira --app-version 1.0.0-beta', '--app-version must be three numbers'],
    ['--system jira --reference-id "}', '--reference-id must be the registration ID'],
    ['--system jira --link-hosts https://x.com', '--link-hosts must be names of hosts'],
    ['--system jira --actions getCase', 'jira has no action getCase'],
    ['--system jira --actions getIssue --toolsets jira', '--actions names the operations themselves'],
    ['--system my-changes', 'only for users who sign in'],
    ['--system accounts-and-issues --auth user --client-id x', 'Nobody signs in at the vendor of accounts-and-issues'],
  ])('refuses %s', async (flags, message) => {
    await expect(make('wrong', ...flags.split(' ').filter(Boolean))).rejects.toThrow(message);
  });
});

describe('the guide of an agent', () => {
  const named = (text: string) => actions.filter(({ name }) => new RegExp(`\\b${name}\\b`).test(text));

  it('names in each line only actions that the line is for', async () => {
    const guides = await agentGuides(systems);
    expect(guides.size).toBe(systems.length);
    for (const [system, { practices, starters }] of guides) {
      for (const line of [...practices, ...starters]) {
        for (const name of line.actions) expect(actions.find(action => action.name === name)?.system).toBe(system);
      }
      for (const { actions: needed, text } of practices) {
        expect(
          named(text)
            .map(({ name }) => name)
            .filter(name => !needed.includes(name)),
        ).toEqual([]);
      }
    }
  });

  it('is made from what the actions do where a system has none', () => {
    const system = { ...systems[0], name: 'tickets', title: 'Tickets' } as System;
    const own = allActions.slice(0, 3);
    const parts = { systems: [system], actions: own, guides: new Map() };
    expect(agentInstructions(parts, name => name)).toContain('You help people with Tickets.');
    expect(conversationStarters(parts, 6).length).toBeGreaterThan(0);
  });
});
