import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseYaml } from '@redocly/openapi-core';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { describe, expect, it } from 'vitest';
import { systems } from '../../functions/everySystem.ts';
import { secretSetting } from '../../shared/settings/config.ts';

const root = join(import.meta.dirname, '../..');

interface Hook {
  run: string;
  shell: string;
  interactive?: boolean;
}

interface AzureYaml {
  services: Record<string, { dist: string; language: string; host: string; remoteBuild: boolean }>;
  hooks: Record<string, { posix: Hook; windows: Hook } | { posix: Hook; windows: Hook }[]>;
  pipeline: { variables: string[] };
}

const read = (file: string) => readFileSync(join(root, file), 'utf8');
const azureYaml = parseYaml(read('azure.yaml')) as AzureYaml;
const hooks = Object.values(azureYaml.hooks).flat();

/** azd's public schema, at AZURE_YAML_SCHEMA or in a folder of a sibling called `shared`; not ours to ship. */
const schema = [
  process.env.AZURE_YAML_SCHEMA ?? '',
  ...globSync(join(root, '../shared/*/azure.yaml.schema.json')),
].find(file => existsSync(file));

describe('azure.yaml', () => {
  it.skipIf(!schema)(`is as azd's public schema has it${schema ? '' : ' (no schema: set AZURE_YAML_SCHEMA)'}`, () => {
    const validate = new Ajv2019({ strict: false, allErrors: true }).compile(
      JSON.parse(readFileSync(schema ?? '', 'utf8')),
    );
    expect(validate(azureYaml) ? [] : validate.errors).toEqual([]);
  });

  it('deploys the bundle as it is', () => {
    expect(azureYaml.services).toEqual({
      api: { project: '.', host: 'function', language: 'ts', dist: 'dist', remoteBuild: false },
    });
  });

  it('runs the same hooks on every system', () => {
    for (const { posix, windows } of hooks) {
      expect(posix.shell).toBe('sh');
      expect(windows).toEqual({ ...posix, shell: 'pwsh' });
    }
  });

  it.each(hooks.map(({ posix }) => posix.run))('%s is there', run => {
    const file = run.split(' ').at(-1) ?? '';
    expect(existsSync(join(root, file)), file).toBe(true);
  });

  it('gives the hook that asks a terminal', () => {
    const asking = hooks.find(({ posix }) => posix.run.endsWith('set-secrets.ts'));
    expect(asking?.posix.interactive).toBe(true);
  });

  it('hands the pipeline every value that the deployment reads, but for what azd sets itself', () => {
    const names = [...read('infra/main.bicepparam').matchAll(/readEnvironmentVariable\('(\w+)'/g)].map(
      ([, name]) => name,
    );
    const ofAzd = new Set(['AZURE_ENV_NAME', 'AZURE_LOCATION']);
    const once = new Set(['RECOVER_VAULT']);
    const wanted = names.filter(name => name && !ofAzd.has(name) && !once.has(name));
    expect(azureYaml.pipeline.variables.toSorted()).toEqual(wanted.toSorted());
  });

  it('has a workflow that hands the vault every secret', () => {
    const workflow = read('.github/workflows/azure-dev.yml');
    for (const name of systems.flatMap(({ secrets }) => Object.keys(secrets).map(secretSetting))) {
      expect(workflow).toContain(`${name}: \${{ secrets.${name} }}\n`);
    }
  });
});
