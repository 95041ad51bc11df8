import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  isConfigured,
  isMentioned,
  neededSettings,
  ownSettings,
  readConfig,
  systemOf,
} from '../../../shared/settings/config.ts';
import { rule, wholeNumber } from '../../../shared/settings/setting.ts';
import { madeUpSystem, needed, optional } from './madeUpSystems.ts';

const orders = madeUpSystem(
  'orders',
  z.object({
    ORDERS_URL: needed,
    ORDERS_USER: needed,
    ORDERS_LIMIT: wholeNumber(1, 9, 'rows').default(5).meta({ description: 'How many.' }),
    ORDERS_REGION: optional,
    AZURE_CLIENT_ID: optional,
  }),
  ['orders-key'],
);
const nothingNeeded = madeUpSystem('both', z.object({ BOTH_LIMIT: optional }));

describe('a system', () => {
  it('needs the settings of its own that have no default', () => {
    expect(neededSettings(orders.settings)).toEqual(['ORDERS_URL', 'ORDERS_USER']);
    const strict = madeUpSystem('strict', z.object({ KEY_VAULT_URI: needed, STRICT_LIMIT: needed }));
    expect(neededSettings(strict.settings)).toEqual(['STRICT_LIMIT']);
    expect(ownSettings(strict)).toEqual(['STRICT_LIMIT']);
  });

  it('needs those of the app where it has none of its own', () => {
    const borrowing = madeUpSystem('borrowing', z.object({ KEY_VAULT_URI: needed }));
    expect(neededSettings(borrowing.settings)).toEqual(['KEY_VAULT_URI']);
    expect(isConfigured(borrowing, {})).toBe(false);
  });

  it.each([
    [{}, false],
    [{ ORDERS_URL: ' ' }, false],
    [{ ORDERS_REGION: 'eu', ORDERS_KEY: 'secret' }, false],
    [{ ORDERS_USER: 'me' }, true],
    [{ ORDERS_URL: 'wrong', ORDERS_USER: 'me' }, true],
  ])('with %j is configured: %s', (env, configured) => {
    expect(isConfigured(orders, env)).toBe(configured);
  });

  it('that needs no setting is configured', () => {
    expect(isConfigured(nothingNeeded, {})).toBe(true);
  });

  it.each([
    [{}, false],
    [{ ORDERS_REGION: '' }, false],
    [{ ORDERS_REGION: 'eu' }, true],
    [{ ORDERS_KEY: 'secret' }, true],
    // The platform's identity is there whether or not this system is wanted.
    [{ AZURE_CLIENT_ID: 'identity', KEY_VAULT_URI: 'https://vault.example' }, false],
  ])('with %j is mentioned: %s', (env, mentioned) => {
    expect(isMentioned(orders, env)).toBe(mentioned);
  });

  it('owns the settings with its prefix, in any case, unless another has a longer one', () => {
    const eu = madeUpSystem('orders-eu', z.object({}));
    expect(systemOf('ORDERS_EU_URL', [orders, eu])?.name).toBe('orders-eu');
    expect(systemOf('orders_eu_url', [eu, orders])?.name).toBe('orders-eu');
    expect(systemOf('ORDERS_URL', [eu, orders])?.name).toBe('orders');
    expect(systemOf('ORDERS', [eu, orders])).toBeUndefined();
  });
});

describe('settings that are read', () => {
  it('are trimmed, and one that is empty has its default', () => {
    const env = { ORDERS_URL: ' https://orders.example ', ORDERS_USER: 'me', ORDERS_LIMIT: ' ' };
    expect(readConfig(env).of(orders).read()).toEqual({
      ORDERS_URL: 'https://orders.example',
      ORDERS_USER: 'me',
      ORDERS_LIMIT: 5,
    });
  });

  it('are refused with everything that is wrong at once, and without their values', () => {
    const config = readConfig({ ORDERS_URL: 'x', ORDERS_LIMIT: 'a secret', READ_ONLY: 'a secret' });
    expect(() => config.of(orders).read()).toThrow(
      expect.objectContaining({
        code: 'misconfigured',
        message: expect.stringMatching(/ORDERS_USER is not set\. .*ORDERS_LIMIT is wrong\. Set it to a whole number/),
      }),
    );
    expect(config.app.problems()).toEqual([
      { setting: 'READ_ONLY', message: 'READ_ONLY is wrong. Set it to true or false.' },
    ]);
    expect(JSON.stringify([config.of(orders).problems(), config.app.problems()])).not.toContain('a secret');
  });

  it('tell of a broken rule beside another problem', () => {
    const strict = madeUpSystem(
      'strict',
      z
        .object({ STRICT_URL: needed, STRICT_USER: optional })
        .refine(({ STRICT_USER }) => STRICT_USER, rule('STRICT_USER', 'Set it.')),
    );
    expect(
      readConfig({})
        .of(strict)
        .problems()
        .map(({ setting }) => setting),
    ).toEqual(['STRICT_URL', 'STRICT_USER']);
  });

  it.each([
    ['90000', []],
    ['100001', ['ACTION_TIMEOUT_MS']],
    ['1e3.5', ['ACTION_TIMEOUT_MS']],
  ])('ACTION_TIMEOUT_MS=%s leaves %j wrong', (value, wrong) => {
    const problems = readConfig({ ACTION_TIMEOUT_MS: value }).app.problems();
    expect(problems.map(({ setting }) => setting)).toEqual(wrong);
  });
});
