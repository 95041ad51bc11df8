import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { systems } from '../../functions/everySystem.ts';
import { namesOf } from '../../shared/action/formerNames.ts';
import { failureCodes } from '../../shared/failure.ts';
import { describeSettings } from '../../shared/settings/describeSettings.ts';
import { oneOf } from '../../shared/settings/setting.ts';
import { PLACEHOLDER_HOST } from '../../tools/generate/placeholders.ts';
import { settingsFiles } from '../../tools/generate/settingsFiles.ts';
import { madeUpSystem, needed, optional } from '../shared/settings/madeUpSystems.ts';
import { actions as allActions } from '../support/sandboxedActions.ts';
import {
  formatCopies,
  noCompiler,
  type Resource,
  runBicep,
  type Snapshot,
  takeSnapshot,
  tenantId,
} from './snapshot.ts';

const root = join(import.meta.dirname, '../..');

const settings = describeSettings(systems);

/** A value for everything that a person may set on the app. */
const appSettings = Object.fromEntries(
  settings
    .filter(({ setByDeployment }) => !setByDeployment)
    .map(({ name, values, sample }) => [
      name,
      values.filter(value => value !== 'caller').at(-1) ?? (sample || `a ${name}`),
    ]),
);

const oneSystem = { JIRA_BASE_URL: 'https://contoso.atlassian.net', JIRA_AUTH: 'Service-Account' };
const entra = {
  INBOUND_AUTH: ' Entra ',
  ENTRA_CLIENT_ID: 'registration',
  ENTRA_ALLOWED_CLIENT_IDS: 'agent,editor',
  ENTRA_CONNECTOR_REGISTRATIONS: 'jira=connector',
};
const privateNetwork = { PRIVATE_NETWORK: 'true' };
const alerts = { ALERT_EMAIL: 'operators@contoso.example' };

const optionSets = {
  key: {},
  'one system': oneSystem,
  entra: { ...entra, ...oneSystem },
  // An evaluation takes seconds, so what does not concern each other shares one.
  'private network': { ...privateNetwork, ...entra, ...appSettings, JIRA_AUTH: 'Caller' },
  alerts: { ...alerts, ...entra, ...oneSystem, JIRA_AUTH: 'caller' },
  'all together': {
    ...appSettings,
    ...entra,
    ...privateNetwork,
    ...alerts,
    ALLOWED_IP_ADDRESSES: '203.0.113.7,203.0.113.8',
    NODE_VERSION: '24',
    INSTANCE_MEMORY_MB: '4096',
    MAXIMUM_INSTANCES: '7',
    PER_INSTANCE_CONCURRENCY: '8',
    ALWAYS_READY_INSTANCES: '1',
    RECOVER_VAULT: 'true',
  },
};
type OptionSet = keyof typeof optionSets;
const usersAtJira: OptionSet = 'private network';
const allAtJira: OptionSet = 'alerts';
const everySet = Object.keys(optionSets) as OptionSet[];

describe.skipIf(noCompiler)(`Bicep${noCompiler ? ` (${noCompiler})` : ''}`, { timeout: 60_000 }, () => {
  let build: { stdout: string; stderr: string };
  let snapshots: Map<OptionSet, Snapshot>;
  const snapshot = (options: OptionSet): Snapshot => {
    const taken = snapshots.get(options);
    if (!taken) throw new Error(`No snapshot of ${options}`);
    return taken;
  };

  beforeAll(async () => {
    build = await runBicep('build', 'infra/main.bicep', '--stdout');
    snapshots = new Map(
      await Promise.all(everySet.map(async options => [options, await takeSnapshot(optionSets[options])] as const)),
    );
  }, 120_000);

  describe('the sources', () => {
    it('compile and lint without a warning', async () => {
      expect(await runBicep('lint', 'infra/main.bicepparam')).toEqual({ stdout: '', stderr: '' });
      expect(build.stderr).toBe('');
    });

    it('are formatted', async () => {
      const formatted = await formatCopies();
      expect(formatted.size).toBeGreaterThan(10);
      for (const [file, text] of formatted) expect(readFileSync(join(root, file), 'utf8'), file).toBe(text);
    });

    it('take no secret in a parameter, give none in an output, and read no key', () => {
      const { parameters, outputs } = JSON.parse(build.stdout) as { parameters: object; outputs: object };
      expect(Object.keys(parameters).join()).not.toMatch(/secret|password|token|key/i);
      expect(JSON.stringify(parameters)).not.toMatch(/secure/i);
      expect(Object.keys(outputs)).toEqual([
        'AZURE_LOCATION',
        'AZURE_TENANT_ID',
        'AZURE_RESOURCE_GROUP',
        'SERVICE_API_NAME',
        'SERVICE_API_HOST',
        'SERVICE_API_URL',
        'KEY_VAULT_URI',
        'ENTRA_ISSUER',
        'AUDIT_TABLE_ENDPOINT',
        'IDENTITY_PRINCIPAL_ID',
        'OUTBOUND_IP_ADDRESS',
      ]);
      expect(build.stdout).not.toMatch(/list(Keys|Secrets|AccountSas|ServiceSas|HostKeys)?\(/i);
    });
  });

  describe.each(everySet)('with %s', options => {
    it('no storage account has keys, public blobs, plain HTTP or old TLS', () => {
      expect(snapshot(options).one('Microsoft.Storage/storageAccounts').properties).toMatchObject({
        allowSharedKeyAccess: false,
        allowBlobPublicAccess: false,
        allowCrossTenantReplication: false,
        supportsHttpsTrafficOnly: true,
        minimumTlsVersion: 'TLS1_2',
      });
    });

    it('the vault asks for roles, cannot be purged and logs who reads it', () => {
      const vault = snapshot(options).one('Microsoft.KeyVault/vaults');
      expect(vault.properties).toMatchObject({
        enableRbacAuthorization: true,
        enablePurgeProtection: true,
        enableSoftDelete: true,
      });
      expect(vault.properties.accessPolicies).toBeUndefined();
      const audit = snapshot(options).one('Microsoft.Insights/diagnosticSettings');
      expect(audit.id).toContain(vault.id);
      expect(audit.properties.logs).toEqual([{ categoryGroup: 'audit', enabled: true }]);
    });

    it('the vault keeps its name', () => {
      expect(snapshot(options).one('Microsoft.KeyVault/vaults').name).toBe(
        snapshot('key').one('Microsoft.KeyVault/vaults').name,
      );
    });

    it('the app speaks HTTPS with TLS 1.2 or newer, and takes no publishing password', () => {
      expect(snapshot(options).one('Microsoft.Web/sites').properties).toMatchObject({
        httpsOnly: true,
        siteConfig: { minTlsVersion: '1.2' },
      });
      for (const publisher of [/ftp$/, /scm$/]) {
        const policy = snapshot(options).one('Microsoft.Web/sites/basicPublishingCredentialsPolicies', publisher);
        expect(policy.properties).toEqual({ allow: false });
      }
    });

    it('a workbook asks the log', () => {
      const { one } = snapshot(options);
      const { kind, name, properties } = one('Microsoft.Insights/workbooks');
      expect([kind, name]).toEqual(['shared', expect.stringMatching(/^[0-9a-f-]{36}$/)]);
      expect(properties.sourceId).toBe(one('Microsoft.OperationalInsights/workspaces').id);
      expect(JSON.parse(properties.serializedData)).toMatchObject({
        version: 'Notebook/1.0',
        fallbackResourceIds: [properties.sourceId],
      });
    });

    it('telemetry takes no keys', () => {
      expect(snapshot(options).one('Microsoft.Insights/components').properties.DisableLocalAuth).toBe(true);
      expect(
        snapshot(options).one('Microsoft.OperationalInsights/workspaces').properties.features.disableLocalAuth,
      ).toBe(true);
    });

    it('each role is assigned on the one resource that needs it, and there are no others', () => {
      const { resources, one } = snapshot(options);
      const storage = one('Microsoft.Storage/storageAccounts').id;
      const vault = one('Microsoft.KeyVault/vaults').id;
      const app = `[reference('${one('Microsoft.ManagedIdentity/userAssignedIdentities').id}', '2024-11-30').principalId]`;
      const assigned = resources
        .filter(({ type }) => type === 'Microsoft.Authorization/roleAssignments')
        .map(({ id, properties }) => ({
          scope: /^\[extensionResourceId\('([^']+)'/.exec(id)?.[1],
          role: properties.roleDefinitionId.split('/').pop(),
          to: properties.principalId,
        }));
      expect(assigned).toHaveLength(6);
      expect(assigned).toEqual(
        expect.arrayContaining([
          { scope: one('Microsoft.Insights/components').id, role: '3913510d-42f4-4e42-8a64-420c390055eb', to: app },
          { scope: storage, role: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b', to: app },
          ...['ledger', 'audit'].map(table => ({
            scope: `${storage}/tableServices/default/tables/${table}`,
            role: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
            to: app,
          })),
          { scope: vault, role: '4633458b-17de-408a-b874-0445c86b69e6', to: app },
          { scope: vault, role: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7', to: '[deployer().objectId]' },
        ]),
      );
    });

    it('azd finds the service, and the hooks find what they ask for', () => {
      const { one, outputs } = snapshot(options);
      const app = one('Microsoft.Web/sites');
      expect(app.tags).toEqual({ 'azd-env-name': 'test', 'azd-service-name': 'api' });
      expect(outputs).toMatchObject({
        AZURE_RESOURCE_GROUP: 'rg-test',
        AZURE_TENANT_ID: tenantId,
        SERVICE_API_NAME: app.name,
        SERVICE_API_HOST: `[reference('${app.id}', '2025-03-01').defaultHostName]`,
        KEY_VAULT_URI: expect.stringContaining('.vaultUri'),
        ENTRA_ISSUER: expect.stringContaining(`${tenantId}/v2.0`),
        IDENTITY_PRINCIPAL_ID: expect.stringContaining('.principalId'),
      });
    });
  });

  describe('the settings of the app', () => {
    const settingsOf = (options: OptionSet): Record<string, string> =>
      snapshot(options).one('Microsoft.Web/sites/config', /appsettings$/).properties;
    const isPlatformSetting = (name: string) =>
      /^(AzureWebJobs|AzureMonitorExporter__|OTEL_TRACES_|APPLICATIONINSIGHTS_AUTH|WEBSITE_|OVERRIDE_)/.test(name);

    it('are every one that the app knows, and none that it does not', () => {
      const set = Object.keys(settingsOf('all together')).filter(name => !isPlatformSetting(name));
      expect(set.toSorted()).toEqual(settings.map(({ name }) => name).toSorted());
    });

    it('have the values of the azd environment', () => {
      expect(settingsOf('all together')).toMatchObject(appSettings);
    });

    it('have a word in lower case, however it was written', () => {
      expect(settingsOf('one system').JIRA_AUTH).toBe('service-account');
    });

    it('may not be a word that the app does not take', async () => {
      await expect(takeSnapshot({ JIRA_AUTH: 'password' })).rejects.toThrow("'basic' | 'caller' | 'service-account'");
    });

    it('leave out what is not set, so that the defaults of the app hold', () => {
      const set = Object.keys(settingsOf('key')).filter(name => !isPlatformSetting(name));
      expect(set.toSorted()).toEqual(
        settings
          .filter(({ setByDeployment }) => setByDeployment)
          .map(({ name }) => name)
          .toSorted(),
      );
    });

    it("turn the platform's home page off, which anybody could see", () => {
      for (const options of everySet) expect(settingsOf(options).AzureWebJobsDisableHomepage).toBe('true');
    });

    it('keep every line of the log, which holds the audit, and send it by the identity', () => {
      expect(JSON.parse(readFileSync(join(root, 'host.json'), 'utf8')).telemetryMode).toBe('OpenTelemetry');
      for (const options of everySet) {
        const settings = settingsOf(options);
        expect(settings).toMatchObject({
          OTEL_TRACES_SAMPLER: 'microsoft.fixed_percentage',
          OTEL_TRACES_SAMPLER_ARG: '1',
          AzureMonitorExporter__EnableTraceBasedLogsSampler: 'false',
          APPLICATIONINSIGHTS_AUTHENTICATION_STRING: `[format('ClientId={0};Authorization=AAD', ${settings.AZURE_CLIENT_ID?.slice(1, -1)})]`,
        });
      }
    });

    it('hold no connection string but that of Application Insights', () => {
      for (const options of everySet) {
        const settings = settingsOf(options);
        expect(settings.AzureWebJobsStorage).toBeUndefined();
        expect(settings.AzureWebJobsStorage__credential).toBe('managedidentity');
        expect(JSON.stringify(settings)).not.toMatch(/AccountKey|InstrumentationKey=|SharedAccess/);
      }
    });
  });

  describe('the size of the app', () => {
    const scaleOf = (options: OptionSet) => snapshot(options).one('Microsoft.Web/sites').properties.functionAppConfig;

    it('is Node 22 with 2048 MB and nothing always ready, unless told otherwise', () => {
      expect(scaleOf('key')).toMatchObject({
        runtime: { name: 'node', version: '22' },
        scaleAndConcurrency: {
          instanceMemoryMB: 2048,
          maximumInstanceCount: 40,
          triggers: { http: { perInstanceConcurrency: 50 } },
          alwaysReady: [],
        },
      });
    });

    it('is what the environment says', () => {
      expect(scaleOf('all together')).toMatchObject({
        runtime: { name: 'node', version: '24' },
        scaleAndConcurrency: {
          instanceMemoryMB: 4096,
          maximumInstanceCount: 7,
          triggers: { http: { perInstanceConcurrency: 8 } },
          alwaysReady: [{ name: 'http', instanceCount: 1 }],
        },
      });
    });
  });

  describe('signing in', () => {
    const authOf = (options: OptionSet) =>
      snapshot(options).one('Microsoft.Web/sites/config', /authsettingsV2$/).properties;

    it('is turned off with a function key, so that going back from Entra works', () => {
      expect(authOf('key')).toMatchObject({ platform: { enabled: false }, identityProviders: {} });
    });

    it('with Entra refuses who has no token, but for the health check', () => {
      expect(authOf('entra')).toMatchObject({
        platform: { enabled: true },
        globalValidation: {
          requireAuthentication: true,
          unauthenticatedClientAction: 'Return401',
          excludedPaths: ['/api/health'],
        },
      });
    });

    it('with Entra lets through the paths of a system whose users sign in at its vendor, and no others', () => {
      const { excludedPaths } = authOf(usersAtJira).globalValidation;
      const own = allActions.filter(({ system }) => system === 'jira');
      const toolsets = new Set(own.map(({ toolset }) => toolset));
      expect([...excludedPaths].sort()).toEqual(
        [
          '/api/health',
          ...own.flatMap(namesOf).map(name => `/api/jira/${name}`),
          ...[...toolsets].flatMap(toolset => [`/api/mcp/x/${toolset}`, `/api/mcp/x/${toolset}/readonly`]),
        ].sort(),
      );
      expect(authOf(usersAtJira)).toMatchObject({
        platform: { enabled: true },
        globalValidation: { requireAuthentication: true, unauthenticatedClientAction: 'Return401' },
      });
    });

    it('with Entra lets through what all callers of the app sign in at one vendor for', () => {
      const { excludedPaths } = authOf(allAtJira).globalValidation;
      expect(excludedPaths).toEqual(expect.arrayContaining(['/api/mcp', '/api/mcp/readonly', '/api/jira/getIssue']));
      expect(excludedPaths).not.toContain('/api/health/ready');
      expect(excludedPaths.filter((path: string) => path.includes('*') || path.includes('salesforce'))).toEqual([]);
    });

    it('with Entra takes tokens for this app, from the clients that are named, with no client secret', () => {
      const { registration, validation } = authOf('entra').identityProviders.azureActiveDirectory;
      expect(registration).toEqual({
        clientId: 'registration',
        openIdIssuer: `[uri(environment().authentication.loginEndpoint, '${tenantId}/v2.0')]`,
        clientSecretSettingName: 'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID',
      });
      expect(validation).toEqual({
        allowedAudiences: ['api://registration', 'registration', 'api://connector', 'connector'],
        defaultAuthorizationPolicy: {
          allowedApplications: [
            'registration',
            'connector',
            // Power Platform, on behalf of its users.
            'fe053c5f-3692-4f14-aef2-ee34fc081cae',
            'agent',
            'editor',
          ],
        },
      });
    });

    it('with Entra tells MCP clients where to get a token', () => {
      const settings = snapshot('entra').one('Microsoft.Web/sites/config', /appsettings$/).properties;
      expect(settings).toMatchObject({
        INBOUND_AUTH: 'entra',
        WEBSITE_AUTH_PRM_DEFAULT_WITH_SCOPES: 'api://registration/user_impersonation',
        WEBSITE_AUTH_AAD_ALLOWED_TENANTS: tenantId,
        OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID: settings.AZURE_CLIENT_ID,
      });
    });

    it('with a function key sends MCP clients nowhere else for a token', () => {
      for (const options of ['key', 'one system'] as const) {
        const settings = snapshot(options).one('Microsoft.Web/sites/config', /appsettings$/).properties;
        expect(Object.keys(settings).filter(name => name.startsWith('WEBSITE_AUTH'))).toEqual([]);
      }
    });

    it('is in one of the two ways that there are', async () => {
      await expect(takeSnapshot({ INBOUND_AUTH: 'both' })).rejects.toThrow("'entra' | 'key'");
    });

    it('with Entra but no registration stops before anything is deployed', async () => {
      await expect(takeSnapshot({ INBOUND_AUTH: 'entra' })).rejects.toThrow('ENTRA_CLIENT_ID is empty');
    });
  });

  describe('the Logic Apps connectors', () => {
    const connectorsOf = ({ resources }: Snapshot) =>
      resources.filter(({ type }) => type === 'Microsoft.Web/customApis');
    const connectorOf = (options: OptionSet) =>
      snapshot(options).one('Microsoft.Web/customApis', /^connector-jira-/).properties;
    const definitionOf = (system: string) =>
      JSON.parse(readFileSync(join(root, `infra/connector/${system}/apiDefinition.swagger.json`), 'utf8')) as {
        info: { title: string };
        paths: object;
        security: object;
        securityDefinitions: object;
      };

    it('are one for each system that is configured', () => {
      const { all, one, none } = Object.fromEntries(
        Object.entries({ all: 'all together', one: 'one system', none: 'key' } as const).map(([name, options]) => [
          name,
          connectorsOf(snapshot(options)),
        ]),
      );
      expect(all?.map(({ properties }) => properties.displayName)).toEqual(
        systems.map(({ name }) => definitionOf(name).info.title),
      );
      expect(all?.map(({ name }) => name)).toEqual(
        systems.map(({ name }) => expect.stringMatching(`^connector-${name}-\\w{13}$`)),
      );
      expect(one?.map(({ properties }) => properties.displayName)).toEqual([definitionOf('jira').info.title]);
      expect(none).toEqual([]);
    });

    it('are none for a system whose users sign in at its vendor, nor for what needs it beside another', () => {
      const titles = connectorsOf(snapshot(usersAtJira)).map(({ properties }) => properties.displayName);
      const others = systems.filter(({ name }) => !['jira', 'accounts-and-issues'].includes(name));
      expect(titles).toEqual(others.map(({ name }) => definitionOf(name).info.title));
      expect(connectorsOf(snapshot(allAtJira))).toEqual([]);
    });

    it.each(['one system', 'entra'] as const)('with %s carry every action, and the host of the app', options => {
      const host = `reference('${snapshot(options).one('Microsoft.Web/sites').id}', '2025-03-01').defaultHostName`;
      const { swagger, backendService } = connectorOf(options);
      expect(swagger.paths).toEqual(definitionOf('jira').paths);
      expect(swagger.host).toBe(`[${host}]`);
      expect(backendService.serviceUrl).toBe(`[format('https://{0}{1}', ${host}, '/api')]`);
    });

    it('ask for a function key', () => {
      const { swagger, connectionParameters } = connectorOf('one system');
      const { security, securityDefinitions } = definitionOf('jira');
      expect(connectionParameters).toMatchObject({ api_key: { type: 'securestring' } });
      expect(swagger).toMatchObject({ security, securityDefinitions });
    });

    it('with Entra sign users of this tenant in to this app', () => {
      const { swagger, connectionParameters } = connectorOf('entra');
      const login = 'environment().authentication.loginEndpoint';
      expect(connectionParameters).toEqual({
        token: {
          type: 'oauthSetting',
          oAuthSettings: {
            identityProvider: 'aad',
            clientId: 'registration',
            scopes: ['api://registration/.default'],
            redirectMode: 'GlobalPerConnector',
            properties: {
              IsFirstParty: 'False',
              AzureActiveDirectoryResourceId: 'api://registration',
              IsOnbehalfofLoginSupported: true,
            },
            customParameters: {
              loginUri: { value: `[format('https://{0}', split(${login}, '/')[2])]` },
              tenantId: { value: tenantId },
              resourceUri: { value: 'api://registration' },
              enableOnbehalfOfLogin: { value: 'true' },
            },
          },
        },
      });
      expect(swagger.security).toEqual([{ entra_id: [] }]);
      expect(swagger.securityDefinitions).toEqual({
        entra_id: {
          type: 'oauth2',
          flow: 'accessCode',
          authorizationUrl: `[uri(${login}, '${tenantId}/oauth2/authorize')]`,
          tokenUrl: `[uri(${login}, '${tenantId}/oauth2/token')]`,
          scopes: {},
        },
      });
    });

    it('have nothing left that stands for something else', () => {
      for (const { properties } of everySet.flatMap(options => connectorsOf(snapshot(options)))) {
        expect(JSON.stringify(properties)).not.toContain(PLACEHOLDER_HOST);
      }
    });

    it('fit into a template, in which each definition is twice once it is evaluated', () => {
      const template = JSON.stringify(JSON.parse(build.stdout));
      const definitions = systems.map(({ name }) => JSON.stringify(definitionOf(name)).length);
      // https://learn.microsoft.com/azure/azure-resource-manager/templates/best-practices#template-limits
      expect(template.length + definitions.reduce((sum, length) => sum + length, 0)).toBeLessThan(4 * 1024 * 1024);
      expect(Math.max(...definitions)).toBeLessThan(1024 * 1024);
    });
  });

  describe('a new system', () => {
    const orders = madeUpSystem(
      'orders-eu',
      z.object({
        ORDERS_EU_URL: needed,
        ORDERS_EU_MODE: oneOf('fast', 'safe')
          .default('fast')
          .meta({ description: `It's how: $${'{this}'} or that\\.` }),
        ORDERS_EU_LIST: optional,
      }),
    );
    const changed = async () => {
      const actions = [
        ...allActions,
        { name: 'findOrders', system: orders.name, toolset: orders.name, uses: [orders] },
      ];
      const files = new Map(await settingsFiles(new URL('../../', import.meta.url), [...systems, orders], actions));
      for (const file of ['apiDefinition.swagger.json', 'apiProperties.json']) {
        files.set(
          `infra/connector/orders-eu/${file}`,
          readFileSync(join(root, `infra/connector/jira/${file}`), 'utf8'),
        );
      }
      return new Map([...files].filter(([path]) => path.startsWith('infra/')));
    };

    it('is told its settings and has its connector, with no edit of any file by hand', async () => {
      const { one } = await takeSnapshot(
        { ORDERS_EU_URL: 'https://orders.example', ORDERS_EU_MODE: 'Safe' },
        await changed(),
      );
      expect(one('Microsoft.Web/sites/config', /appsettings$/).properties).toMatchObject({
        ORDERS_EU_URL: 'https://orders.example',
        ORDERS_EU_MODE: 'safe',
      });
      expect(one('Microsoft.Web/customApis').name).toMatch(/^connector-orders-eu-/);
    });

    it('leaves the sources formatted', async () => {
      const files = await changed();
      const formatted = await formatCopies(files);
      for (const file of ['infra/settings.bicep', 'infra/systems.bicep', 'infra/main.bicepparam']) {
        expect(formatted.get(file), file).toBe(files.get(file));
      }
    });
  });

  describe('the private network', () => {
    it('shuts the vault and the storage to everybody else', () => {
      const { one } = snapshot('private network');
      for (const type of ['Microsoft.KeyVault/vaults', 'Microsoft.Storage/storageAccounts']) {
        expect(one(type).properties).toMatchObject({
          publicNetworkAccess: 'Disabled',
          networkAcls: { defaultAction: 'Deny', bypass: 'None' },
        });
      }
    });

    it('lets named addresses through to the vault alone', () => {
      const { one } = snapshot('all together');
      expect(one('Microsoft.KeyVault/vaults').properties).toMatchObject({
        publicNetworkAccess: 'Enabled',
        networkAcls: { defaultAction: 'Deny', ipRules: [{ value: '203.0.113.7' }, { value: '203.0.113.8' }] },
      });
      expect(one('Microsoft.Storage/storageAccounts').properties.publicNetworkAccess).toBe('Disabled');
    });

    it('gives the vault, blobs and tables an endpoint and a name in it', () => {
      const { resources, one } = snapshot('private network');
      const of = (type: string) => resources.filter(resource => resource.type === type);
      const services = of('Microsoft.Network/privateEndpoints').map(
        ({ properties }) => properties.privateLinkServiceConnections[0].properties,
      );
      const storage = one('Microsoft.Storage/storageAccounts').id;
      expect(services).toEqual([
        { privateLinkServiceId: one('Microsoft.KeyVault/vaults').id, groupIds: ['vault'] },
        { privateLinkServiceId: storage, groupIds: ['blob'] },
        { privateLinkServiceId: storage, groupIds: ['table'] },
      ]);
      expect(of('Microsoft.Network/privateDnsZones')).toHaveLength(3);
      expect(of('Microsoft.Network/privateEndpoints/privateDnsZoneGroups')).toHaveLength(3);
    });

    it('carries all that the app sends, out of one address', () => {
      const { one, outputs } = snapshot('private network');
      const network = one('Microsoft.Network/virtualNetworks');
      const subnet = network.properties.subnets.find((subnet: Resource) => subnet.name === 'app');
      expect(one('Microsoft.Web/sites').properties.virtualNetworkSubnetId).toBe(`${network.id}/subnets/app`);
      expect(subnet.properties.delegations[0].properties.serviceName).toBe('Microsoft.App/environments');
      expect(subnet.properties.natGateway.id).toBe(one('Microsoft.Network/natGateways').id);
      expect(outputs.OUTBOUND_IP_ADDRESS).toContain(one('Microsoft.Network/publicIPAddresses').id);
    });

    it('is not there unless it is asked for', () => {
      const types = snapshot('key').resources.map(({ type }) => type);
      expect(types.filter(type => type.startsWith('Microsoft.Network/'))).toEqual([]);
      expect(snapshot('key').one('Microsoft.Web/sites').properties.virtualNetworkSubnetId).toBeFalsy();
    });
  });

  describe('the alerts', () => {
    const rule = (name: string) =>
      snapshot('alerts').one('Microsoft.Insights/scheduledQueryRules', new RegExp(`^${name}-`)).properties;
    const queryOf = (name: string): string => rule(name).criteria.allOf[0].query;

    it('count every failure that is not the fault of a caller', () => {
      const query = queryOf('failed-actions');
      const listed = [...query.matchAll(/"(\w+)"/g)].map(match => match[1] ?? '');
      const prefix = /startswith "(\w+)"/.exec(query)?.[1] ?? 'none';
      const counted = Object.keys(failureCodes).filter(code => listed.includes(code) || code.startsWith(prefix));
      const ours = Object.entries(failureCodes).filter(([, { status }]) => status >= 500);
      expect(counted).toEqual(ours.map(([code]) => code));
    });

    it('tell of refused credentials and of a vault that refuses at the first one', () => {
      expect(queryOf('upstream-auth-failed')).toContain('code == "upstream_auth_failed"');
      expect(queryOf('vault-denials')).toContain('HttpStatusCode == 403');
      for (const name of ['upstream-auth-failed', 'vault-denials']) {
        expect(rule(name).criteria.allOf[0]).toMatchObject({ operator: 'GreaterThan', threshold: 0 });
      }
    });

    it('go to the address that was given, and are not there without one', () => {
      const people = snapshot('alerts').one('Microsoft.Insights/actionGroups');
      expect(people.properties.emailReceivers[0].emailAddress).toBe('operators@contoso.example');
      expect(rule('vault-denials').actions.actionGroups).toEqual([people.id]);
      expect(snapshot('key').resources.some(({ type }) => type.includes('scheduledQueryRules'))).toBe(false);
    });
  });

  it('a deleted vault is brought back when asked', () => {
    expect(snapshot('all together').one('Microsoft.KeyVault/vaults').properties.createMode).toBe('recover');
    expect(snapshot('key').one('Microsoft.KeyVault/vaults').properties.createMode).toBe('default');
  });
});
