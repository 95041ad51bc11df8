import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { systems } from '../../../functions/everySystem.ts';
import { describeSettings } from '../../../shared/settings/describeSettings.ts';
import { oneOf } from '../../../shared/settings/setting.ts';
import { madeUpSystem, needed } from './madeUpSystems.ts';

describe('the settings as they are described', () => {
  it('are each told once, those of the app first and as its own', () => {
    const described = describeSettings(systems);
    const names = described.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.slice(0, 4)).toEqual(['INBOUND_AUTH', 'REQUIRE_ROLES', 'POLICY', 'READ_ONLY']);
    expect(described.findLastIndex(({ system }) => system === undefined)).toBeLessThan(names.indexOf('JIRA_BASE_URL'));
    expect(described.find(({ name }) => name === 'INBOUND_AUTH')).toMatchObject({
      system: undefined,
      default: 'key',
      values: ['key', 'entra'],
      deployedOnly: true,
    });
  });

  it('tell what a setting is, needs and restricts, whatever is around its schema', () => {
    const orders = madeUpSystem(
      'orders',
      z.object({
        ORDERS_URL: needed.meta({ description: 'Where it is.', sample: 'https://orders.example' }),
        ORDERS_MODE: oneOf('fast', 'safe').default('safe').meta({ description: 'How.', restricts: 'system' }),
        ORDERS_FLAG: z.stringbool().default(false).meta({ description: 'Whether.' }),
        ORDERS_LIST: z
          .string()
          .transform(text => text.split(','))
          .default([])
          .meta({ description: 'Which.' }),
      }),
    );
    const common = { system: 'orders', values: [], sample: undefined, setByDeployment: false, deployedOnly: false };
    expect(describeSettings([orders]).filter(({ system }) => system === 'orders')).toEqual([
      {
        ...common,
        name: 'ORDERS_URL',
        description: 'Where it is.',
        needed: true,
        default: undefined,
        sample: 'https://orders.example',
        restricts: undefined,
      },
      {
        ...common,
        name: 'ORDERS_MODE',
        description: 'How.',
        needed: false,
        default: 'safe',
        values: ['fast', 'safe'],
        restricts: 'system',
      },
      {
        ...common,
        name: 'ORDERS_FLAG',
        description: 'Whether.',
        needed: false,
        default: 'false',
        restricts: undefined,
      },
      {
        ...common,
        name: 'ORDERS_LIST',
        description: 'Which.',
        needed: false,
        default: undefined,
        restricts: undefined,
      },
    ]);
  });

  it('must have a description', () => {
    const mute = madeUpSystem('mute', z.object({ MUTE_URL: z.string() }));
    expect(() => describeSettings([mute])).toThrow('The setting MUTE_URL has no description.');
  });
});
