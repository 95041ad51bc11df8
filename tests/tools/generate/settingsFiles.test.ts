import { parseYaml } from '@redocly/openapi-core';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { systems } from '../../../functions/everySystem.ts';
import { defineSystem } from '../../../shared/action/defineSystem.ts';
import { systemConnectors } from '../../../tools/generate/bicep.ts';
import { checkSystems } from '../../../tools/generate/checkSystems.ts';
import { replaceRegion } from '../../../tools/generate/region.ts';
import { settingsFiles } from '../../../tools/generate/settingsFiles.ts';
import { madeUpSystem, needed, optional, restricting } from '../../shared/settings/madeUpSystems.ts';

const root = new URL('../../../', import.meta.url);

const orders = madeUpSystem(
  'orders-eu',
  z.object({
    ORDERS_EU_URL: needed.meta({ description: 'Where | how.', sample: 'https://orders.example' }),
    ORDERS_EU_RUN_AS: restricting,
  }),
  ['orders-eu-key'],
);

describe('with a new system', () => {
  let files: Map<string, string>;
  beforeAll(async () => {
    files = new Map(await settingsFiles(root, [...systems, orders], []));
  });
  const yaml = <Content>(path: string) => parseYaml(files.get(path) ?? '') as Content;

  it('the pipeline hands its settings over, and keeps what is listed by hand', () => {
    const { pipeline } = yaml<{ pipeline: { variables: string[] } }>('azure.yaml');
    expect(pipeline.variables).toEqual(
      expect.arrayContaining(['JIRA_BASE_URL', 'ORDERS_EU_URL', 'ORDERS_EU_RUN_AS', 'INBOUND_AUTH', 'ALERT_EMAIL']),
    );
    expect(pipeline.variables).not.toContain('KEY_VAULT_URI');
  });

  it('the workflow hands its secret over', () => {
    interface Workflow {
      jobs: { deploy: { steps: { run?: string; env?: Record<string, string> }[] } };
    }
    const { jobs } = yaml<Workflow>('.github/workflows/azure-dev.yml');
    const provision = jobs.deploy.steps.find(({ run }) => run?.startsWith('azd provision'));
    expect(provision?.env).toMatchObject({
      JIRA_API_TOKEN: `\${{ secrets.JIRA_API_TOKEN }}`,
      ORDERS_EU_KEY: `\${{ secrets.ORDERS_EU_KEY }}`,
    });
  });

  it('the sample of local settings has what it needs, and no secret that is not needed', () => {
    const { Values } = JSON.parse(files.get('local.settings.sample.json') ?? '');
    expect(Values).toMatchObject({ ORDERS_EU_URL: 'https://orders.example', ORDERS_EU_KEY: '', JIRA_API_TOKEN: '' });
    expect(Values).not.toHaveProperty('ORDERS_EU_RUN_AS');
    expect(Values).not.toHaveProperty('KEY_VAULT_URI');
    expect(Values).not.toHaveProperty('JIRA_CLIENT_SECRET');
  });

  it('the reference describes its settings and its secret', () => {
    const reference = files.get('docs/settings.md');
    expect(reference).toContain('## The orders-eu\n');
    expect(reference).toContain('| `ORDERS_EU_URL` | Where \\| how. |  | `https://orders.example` | yes |  |\n');
    expect(reference).toContain('| `ORDERS_EU_RUN_AS` | Closes it. |  |  | no | the actions of this system |\n');
    expect(reference).toContain(
      '| `orders-eu-key` | `ORDERS_EU_KEY` | The orders-eu | The orders-eu-key | always | typed |\n',
    );
  });
});

describe('the settings that decide on a connector', () => {
  it('are those of the systems that its actions use, for a system that only stands on others', () => {
    const other = madeUpSystem('stock', z.object({ STOCK_URL: needed, STOCK_LIMIT: optional }));
    const joint = defineSystem({
      name: 'joint',
      title: 'Both',
      about: 'It joins.',
      advice: 'Use it.',
      toolsets: { joint: 'All of it' },
      settings: z.object({}),
      secrets: {},
    });
    const text = systemConnectors(
      [other, joint],
      [{ name: 'join', system: 'joint', toolset: 'joint', uses: [orders, other] }],
    );
    const [before, entry] = text.split("name: 'joint'");
    // Without actions there is nothing to connect to.
    expect(before).not.toContain('stock');
    expect(entry?.replaceAll(/\s+/g, ' ')).toContain("configuredBy: [ [ 'ORDERS_EU_URL' ] [ 'STOCK_URL' ] ]");
  });
});

describe('a system that breaks a rule', () => {
  const named = (name: string) => madeUpSystem(name, z.object({}));

  it.each(['system', 'mcp', 'health', 'endpoints'])('cannot be called %s', name => {
    expect(() => checkSystems([named(name)])).toThrow(`No system can have the name ${name}`);
  });

  it.each(['Orders', 'orders_eu', '1orders', 'orders--eu', 'orders-', ''])('cannot be called "%s"', name => {
    expect(() => checkSystems([named(name)])).toThrow('lower-case letters');
  });

  it('cannot have the name of another', () => {
    expect(() => checkSystems([named('orders'), named('orders')])).toThrow('Two systems have the name orders.');
  });

  it.each([
    [z.object({ URL: needed }), [], 'The setting URL of orders must begin with ORDERS_.'],
    [z.object({}), ['key'], 'The secret key of orders must begin with orders-.'],
    [
      z.object({ ORDERS_EU_LIMIT: optional }),
      [],
      'The setting ORDERS_EU_LIMIT of orders begins as those of orders-eu do.',
    ],
    [z.object({}), ['orders-eu-token'], 'The secret orders-eu-token of orders begins as those of orders-eu do.'],
  ])('cannot have settings or secrets that are not plainly its own', (settings, secrets, message) => {
    expect(() => checkSystems([madeUpSystem('orders', settings, secrets), orders])).toThrow(message);
  });

  it('may have one of the app in its schema', () => {
    expect(() => checkSystems([madeUpSystem('orders', z.object({ READ_ONLY: optional }))])).not.toThrow();
  });
});

describe('a region of a file', () => {
  const file = (...lines: string[]) => ['first', ...lines, 'last', ''].join('\n');

  it('is replaced, indented as its marker, with the rest left alone', () => {
    const text = file('  # begin generated names', '  old', '  # end generated names');
    const replaced = file('  # begin generated names', '  one', '  two', '  # end generated names');
    expect(replaceRegion('a.yaml', text, 'names', ['one', 'two'])).toBe(replaced);
    expect(replaceRegion('a.yaml', replaced, 'names', ['one', 'two'])).toBe(replaced);
  });

  it.each([
    [file('  // end generated names'), 'a.txt has no comment line "begin generated names".'],
    [file('  // begin generated names'), 'a.txt has no comment line "end generated names".'],
    [file('// end generated names', '// begin generated names'), 'before "begin generated names"'],
    [
      file('# begin generated names', '# begin generated names', '# end generated names'),
      'a.txt has two comment lines "begin generated names".',
    ],
  ])('must be marked: %j', (text, message) => {
    expect(() => replaceRegion('a.txt', text, 'names', [])).toThrow(message);
  });
});
