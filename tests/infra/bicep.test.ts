import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { systems } from '../../functions/systems.ts';
import { failureCodes } from '../../shared/failure.ts';
import { describeSettings } from '../../shared/settings/describeSettings.ts';
import { PLACEHOLDER_HOST } from '../../tools/generate/placeholders.ts';
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

/** A value for everything that a person may set on the app. */
const appSettings = {
  JIRA_BASE_URL: 'https://contoso.atlassian.net',
  JIRA_AUTH: 'basic',
  JIRA_EMAIL: 'agent@contoso.example',
  JIRA_CLOUD_ID: 'cloud-id',
  JIRA_CLIENT_ID: 'jira-client',
  JIRA_TOKEN_URL: 'https://auth.atlassian.com/oauth/token',
  SALESFORCE_LOGIN_URL: 'https://contoso.my.salesforce.com',
  SALESFORCE_AUTH: 'jwt-bearer',
  SALESFORCE_CLIENT_ID: 'salesforce-client',
  SALESFORCE_USERNAME: 'agent@contoso.example',
  SALESFORCE_RUN_AS: 'caller',
  SALESFORCE_USER_MAP: '*@contoso.example=*@contoso.example.uat',
  SALESFORCE_API_VERSION: '67.0',
  READ_ONLY: 'true',
  ACTION_TIMEOUT_MS: '9000',
  MAX_RESPONSE_BYTES: '50000',
  SECRET_TTL_SECONDS: '60',
};

const entra = { INBOUND_AUTH: 'entra', ENTRA_CLIENT_ID: 'registration', ENTRA_ALLOWED_CLIENT_IDS: 'agent,editor' };
const privateNetwork = { PRIVATE_NETWORK: 'true' };
const alerts = { ALERT_EMAIL: 'operators@contoso.example' };

const optionSets = {
  key: {},
  entra,
  'private network': privateNetwork,
  alerts,
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
      expect(assigned).toHaveLength(5);
      expect(assigned).toEqual(
        expect.arrayContaining([
          { scope: one('Microsoft.Insights/components').id, role: '3913510d-42f4-4e42-8a64-420c390055eb', to: app },
          { scope: storage, role: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b', to: app },
          {
            scope: `${storage}/tableServices/default/tables/ledger`,
            role: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
            to: app,
          },
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

    it('the Logic Apps connector carries every action, and the host of the app', () => {
      const { one } = snapshot(options);
      const connector = one('Microsoft.Web/customApis');
      const folder = options === 'entra' || options === 'all together' ? 'connector/entra' : 'connector';
      const generated = JSON.parse(readFileSync(join(root, 'infra', folder, 'apiDefinition.swagger.json'), 'utf8')) as {
        paths: object;
        host: string;
      };
      const host = `reference('${one('Microsoft.Web/sites').id}', '2025-03-01').defaultHostName`;
      expect(connector.properties.swagger.paths).toEqual(generated.paths);
      expect(connector.properties.swagger.host).toBe(`[${host}]`);
      expect(connector.properties.backendService.serviceUrl).toBe(`[format('https://{0}{1}', ${host}, '/api')]`);
    });
  });

  describe('the settings of the app', () => {
    const settingsOf = (options: OptionSet): Record<string, string> =>
      snapshot(options).one('Microsoft.Web/sites/config', /appsettings$/).properties;
    const isPlatformSetting = (name: string) => /^(AzureWebJobs|APPLICATIONINSIGHTS_|WEBSITE_|OVERRIDE_)/.test(name);

    it('are every one that the app knows, and none that it does not', () => {
      const set = Object.keys(settingsOf('all together')).filter(name => !isPlatformSetting(name));
      expect(set.toSorted()).toEqual(
        describeSettings(systems)
          .map(({ name }) => name)
          .toSorted(),
      );
    });

    it('have the values of the azd environment', () => {
      expect(settingsOf('all together')).toMatchObject(appSettings);
    });

    it('leave out what is not set, so that the defaults of the app hold', () => {
      const set = Object.keys(settingsOf('key')).filter(name => !isPlatformSetting(name));
      expect(set.toSorted()).toEqual(['AZURE_CLIENT_ID', 'INBOUND_AUTH', 'KEY_VAULT_URI', 'LEDGER_TABLE_ENDPOINT']);
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

    it('with Entra takes tokens for this app, from the clients that are named, with no client secret', () => {
      const { registration, validation } = authOf('entra').identityProviders.azureActiveDirectory;
      expect(registration).toEqual({
        clientId: 'registration',
        openIdIssuer: `[uri(environment().authentication.loginEndpoint, '${tenantId}/v2.0')]`,
        clientSecretSettingName: 'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID',
      });
      expect(validation).toEqual({
        allowedAudiences: ['api://registration', 'registration'],
        defaultAuthorizationPolicy: { allowedApplications: ['registration', 'agent', 'editor'] },
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

    it('with Entra but no registration stops before anything is deployed', async () => {
      await expect(takeSnapshot({ INBOUND_AUTH: 'entra' })).rejects.toThrow('ENTRA_CLIENT_ID is empty');
    });
  });

  describe('the Logic Apps connector', () => {
    const parametersOf = (options: OptionSet) =>
      snapshot(options).one('Microsoft.Web/customApis').properties.connectionParameters;

    it('asks for a function key', () => {
      expect(parametersOf('key')).toMatchObject({ api_key: { type: 'securestring' } });
    });

    it('with Entra signs users of this tenant in to this app', () => {
      const { token } = parametersOf('entra');
      expect(token.oAuthSettings).toMatchObject({
        identityProvider: 'aad',
        clientId: 'registration',
        scopes: ['api://registration/.default'],
        properties: { AzureActiveDirectoryResourceId: 'api://registration' },
        customParameters: { tenantId: { value: tenantId }, resourceUri: { value: 'api://registration' } },
      });
    });

    it.each(['key', 'entra'] as const)('with %s has nothing left that stands for something else', options => {
      const { properties } = snapshot(options).one('Microsoft.Web/customApis');
      expect(JSON.stringify(properties)).not.toContain(PLACEHOLDER_HOST);
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
