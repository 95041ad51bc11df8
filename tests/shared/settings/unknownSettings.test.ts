import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { systems } from '../../../functions/everySystem.ts';
import { describeSettings } from '../../../shared/settings/describeSettings.ts';
import { unknownSettings } from '../../../shared/settings/unknownSettings.ts';
import { madeUpSystem, needed, restricting } from './madeUpSystems.ts';

/** What is said of one name alone. */
const said = (name: string, known = systems) => {
  const [first, ...others] = unknownSettings(known, { [name]: 'caller' });
  expect(others).toEqual([]);
  return first;
};

describe('a name that is no setting', () => {
  it.each([
    ['JIRA_BASEURL', 'JIRA_BASE_URL'],
    ['jira_base_url', 'JIRA_BASE_URL'],
    ['JIRA__BASE_URL', 'JIRA_BASE_URL'],
    ['JRA_EMAIL', 'JIRA_EMAIL'],
    ['JIRA_API_TOKENS', 'JIRA_API_TOKEN'],
    ['SALESFORCE_LOGINURL', 'SALESFORCE_LOGIN_URL'],
    ['SALEFORCE_LOGIN_URL', 'SALESFORCE_LOGIN_URL'],
    ['KEYVAULT_URI', 'KEY_VAULT_URI'],
    ['KEY_VAULT_URL', 'KEY_VAULT_URI'],
    ['ACTION_TIMEOUT', 'ACTION_TIMEOUT_MS'],
  ])('%s is taken for %s', (name, meant) => {
    expect(said(name)?.message).toBe(`${name} is not a setting; did you mean ${meant}?`);
    expect(said(name)?.restricts).toBeUndefined();
  });

  it('is reported when it begins as the settings of a system do, though it is like none of them', () => {
    expect(said('JIRA_FAVOURITE_COLOUR')).toEqual({
      name: 'JIRA_FAVOURITE_COLOUR',
      meant: undefined,
      message: 'JIRA_FAVOURITE_COLOUR is not a setting of Jira.',
      restricts: undefined,
    });
  });

  it('is not reported when it is empty', () => {
    expect(unknownSettings(systems, { JIRA_BASEURL: ' ', READONLY: '' })).toEqual([]);
  });

  it.each([
    'APPSETTING_READ_ONLY',
    'APPSETTING_READONLY',
    'APPSETTING_JIRA_RUN_AS',
    'AZURE_CLIENT_SECRET',
    'AZURE_TENANT_ID',
    'AZURE_ENV_NAME',
    'ENTRA_CLIENT_ID',
    'PATH',
    'HOME',
    'PORT',
    'TZ',
    'NODE_ENV',
    'NODE_OPTIONS',
    'FUNCTIONS_WORKER_RUNTIME',
    'FUNCTIONS_EXTENSION_VERSION',
    'AzureWebJobsStorage__credential',
    'APPLICATIONINSIGHTS_CONNECTION_STRING',
    'WEBSITE_AUTH_ENABLED',
    'WEBSITE_SITE_NAME',
    'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID',
    'IDENTITY_ENDPOINT',
  ])('%s is left to whom it belongs', name => {
    expect(said(name)).toBeUndefined();
  });

  it.each(describeSettings(systems).map(({ name }) => name))('%s is a setting', name => {
    expect(said(name)).toBeUndefined();
  });
});

describe('a misspelt name that would have restricted something', () => {
  it.each([
    ['READONLY', 'READ_ONLY', { what: 'writes', system: undefined }],
    ['READ_ONLYY', 'READ_ONLY', { what: 'writes', system: undefined }],
    ['JIRA_READ_ONLY', 'READ_ONLY', { what: 'writes', system: undefined }],
    ['POLICYS', 'POLICY', { what: 'everything', system: undefined }],
    ['REQUIRED_ROLES', 'REQUIRE_ROLES', { what: 'everything', system: undefined }],
    ['SALESFORCE_RUNAS', 'SALESFORCE_RUN_AS', { what: 'system', system: 'salesforce' }],
    ['SALESFORCE_RUN_A', 'SALESFORCE_RUN_AS', { what: 'system', system: 'salesforce' }],
    ['SALESFORC_RUN_AS', 'SALESFORCE_RUN_AS', { what: 'system', system: 'salesforce' }],
  ])('%s is taken for %s, and stops what that restricts', (name, meant, restricts) => {
    expect(said(name)).toMatchObject({ meant, restricts });
  });

  it('stops a system that has no such setting, where another system has it', () => {
    const salesforce = systems.filter(({ name }) => name === 'salesforce');
    const tickets = madeUpSystem('tickets', z.object({ TICKETS_URL: needed }));
    expect(said('TICKETS_RUN_AS', [...salesforce, tickets])).toEqual({
      name: 'TICKETS_RUN_AS',
      meant: undefined,
      message: 'TICKETS_RUN_AS is not a setting of The tickets.',
      restricts: { what: 'system', system: 'tickets' },
    });
  });
});

describe('systems whose names begin alike', () => {
  const orders = madeUpSystem('orders', z.object({ ORDERS_URL: needed, ORDERS_RUN_AS: restricting }), ['orders-key']);
  const ordersEu = madeUpSystem('orders-eu', z.object({ ORDERS_EU_URL: needed, ORDERS_EU_RUN_AS: restricting }));
  const plain = madeUpSystem('orders-us', z.object({ ORDERS_US_URL: needed }));
  const both = [orders, ordersEu, plain];

  it.each([
    ['ORDERS_EU_URI', 'ORDERS_EU_URL', undefined],
    ['ORDERS_URI', 'ORDERS_URL', undefined],
    ['ORDERS_KEYS', 'ORDERS_KEY', undefined],
    ['ORDERS_RUNAS', 'ORDERS_RUN_AS', { what: 'system', system: 'orders' }],
    ['ORDERS_EU_RUNAS', 'ORDERS_EU_RUN_AS', { what: 'system', system: 'orders-eu' }],
    ['ORDERS_EUR_RUN_AS', 'ORDERS_EU_RUN_AS', { what: 'system', system: 'orders-eu' }],
    // Two characters from ORDERS_EU_RUN_AS, but it begins as those of orders-us do.
    ['ORDERS_US_RUN_AS', undefined, { what: 'system', system: 'orders-us' }],
  ])('%s is not taken for a setting of the wrong one', (name, meant, restricts) => {
    for (const known of [both, both.toReversed()]) expect(said(name, known)).toMatchObject({ meant, restricts });
  });

  it('are told apart in what is unlike any setting', () => {
    expect(said('ORDERS_EU_FAVOURITE', both)?.message).toBe('ORDERS_EU_FAVOURITE is not a setting of The orders-eu.');
  });
});

it("knows an app's setting that a system has in its schema, too, as the app's", () => {
  const strict = madeUpSystem('strict', z.object({ STRICT_URL: needed, READ_ONLY: restricting }));
  expect(said('READONLY', [strict])).toMatchObject({
    meant: 'READ_ONLY',
    restricts: { what: 'writes', system: undefined },
  });
});
