import { globSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import schema from '@microsoft/app-manifest/build/json-schemas/copilot/plugin/v2.4/schema.json' with { type: 'json' };
import { createConfig, lint } from '@redocly/openapi-core';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { actions as entries } from '../../../functions/actions.ts';
import { systems } from '../../../functions/everySystem.ts';
import type { PlainSchema } from '../../../shared/action/plainSchema.ts';
import { generatedJson } from './generatedJson.ts';

interface PluginFunction {
  name: string;
  description: string;
  capabilities: {
    confirmation?: { title: string; body: string };
    response_semantics: { data_path: string; properties: Record<string, string>; static_template: object };
    security_info: { data_handling: string[] };
  };
}

interface Manifest {
  name_for_human: string;
  description_for_human: string;
  description_for_model: string;
  functions: PluginFunction[];
  runtimes: { spec: { url: string }; run_for_functions: string[] }[];
}

interface Operation {
  operationId: string;
  'x-openai-isConsequential': boolean;
  parameters?: { name: string; schema: PlainSchema }[];
  requestBody?: { content: { 'application/json': { schema: PlainSchema } } };
  responses: Record<string, { content: Record<string, { schema: PlainSchema }> }>;
}

function errorsOf(schema: object, content: unknown): string[] {
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
  addFormats.default(ajv);
  const validate = ajv.compile(schema);
  validate(content);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** The schema calls itself draft 4, and is written in a later one. */
const { $schema: _, ...manifestSchema } = schema;

const root = resolve(import.meta.dirname, '../../..');
const withActions = systems.filter(({ name }) => entries.some(({ system }) => system === name));

it('no plugin is left of a system that there is not', () => {
  const folders = globSync('infra/plugin/*', { cwd: root }).map(folder => basename(folder));
  expect(folders.sort()).toEqual(withActions.map(({ name }) => name).sort());
});

describe.each(withActions)('the plugin of $name', system => {
  const folder = `infra/plugin/${system.name}`;
  const own = entries.filter(entry => entry.system === system.name);
  const manifest = generatedJson<Manifest>(`${folder}/ai-plugin.json`);
  const { paths } = generatedJson<{ paths: Record<string, Record<string, Operation>> }>(`${folder}/openapi.json`);
  const operations = Object.values(paths).flatMap(methods =>
    Object.entries(methods).map(([method, operation]) => ({ method, ...operation })),
  );
  const operationOf = (name: string) => operations.find(({ operationId }) => operationId === name);

  describe('the manifest', () => {
    it('is valid by the public schema of version 2.4', () => {
      expect(errorsOf(manifestSchema, manifest)).toEqual([]);
    });

    it('keeps the lengths that Copilot reads', () => {
      expect(manifest.name_for_human.length).toBeLessThanOrEqual(20);
      expect(manifest.description_for_human.length).toBeLessThanOrEqual(100);
      expect(manifest.description_for_model.length).toBeLessThanOrEqual(2048);
    });

    it('speaks of its own system alone', () => {
      expect(manifest.description_for_model).toContain(system.about);
      for (const other of systems) {
        if (other.name !== system.name) expect(manifest.description_for_model).not.toContain(other.about);
      }
    });

    it('has a function for each operation, run by the document beside it', () => {
      const names = manifest.functions.map(({ name }) => name);
      expect(names).toEqual(operations.map(({ operationId }) => operationId));
      expect(manifest.runtimes).toMatchObject([{ spec: { url: 'openapi.json' }, run_for_functions: names }]);
    });

    it.each(manifest.functions)(
      'lets $name change something only after the user has confirmed it',
      ({ name, capabilities }) => {
        const operation = operationOf(name);
        const isWrite = operation?.method === 'post';
        expect(operation?.['x-openai-isConsequential']).toBe(isWrite);
        expect(capabilities.security_info.data_handling).toEqual([isWrite ? 'ResourceStateUpdate' : 'GetPrivateData']);
        expect(Boolean(capabilities.confirmation)).toBe(isWrite);
        const shown = capabilities.confirmation?.body.match(/(?<=\{\{function\.parameters\.)\w+/g) ?? [];
        expect(shown).toEqual(Object.keys(operation?.requestBody?.content['application/json'].schema.properties ?? {}));
      },
    );

    it.each(manifest.functions)('cites and shows fields that the answer of $name has', ({ name, capabilities }) => {
      const { data_path, properties, static_template } = capabilities.response_semantics;
      const answer = operationOf(name)?.responses[200]?.content['application/json']?.schema;
      const list = /^\$\.(\w+)$/.exec(data_path)?.[1];
      const fields = Object.keys((list ? answer?.properties?.[list]?.items : answer)?.properties ?? {});
      expect(fields.length).toBeGreaterThan(0);
      const cited = Object.values(properties).map(path => path.replace('$.', ''));
      const shown = [...JSON.stringify(static_template).matchAll(/\$\{(?:string\()?(\w+)/g)].map(([, field]) => field);
      expect(fields).toEqual(expect.arrayContaining([...cited, ...shown]));
      expect(shown.length).toBeGreaterThan(0);
    });
  });

  describe('the OpenAPI document', () => {
    it('passes the linter', async () => {
      const config = await createConfig({
        extends: ['recommended'],
        // Its licence is that of the team that publishes it.
        rules: { 'info-license': 'off' },
      });
      const problems = await lint({ ref: resolve(root, folder, 'openapi.json'), config });
      expect(problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
    });

    it.each(operations)(
      'takes flat inputs and promises a plain answer: $operationId',
      ({ parameters = [], requestBody, responses }) => {
        const body = requestBody?.content['application/json'].schema;
        const inputs = [...parameters.map(({ schema }) => schema), ...Object.values(body?.properties ?? {})];
        for (const { type } of inputs) expect(['string', 'integer', 'number', 'boolean']).toContain(type);
        const text = JSON.stringify([inputs, responses[200]]);
        expect(text).not.toMatch(/"(\$ref|anyOf|oneOf|allOf|exclusiveMinimum|exclusiveMaximum)":|"type":\[/);
      },
    );
  });

  describe('actions.json', () => {
    const functions = generatedJson<{ name: string; parameters: { required: string[]; properties: object } }[]>(
      `${folder}/actions.json`,
    );

    it('has every action under its own name', () => {
      expect(functions.map(({ name }) => name)).toEqual(own.map(({ name }) => name));
    });

    it.each(functions)('declares $name as a plugin declares a function', declared => {
      expect(Object.keys(declared)).toEqual(['name', 'description', 'parameters']);
      expect(errorsOf({ ...manifestSchema, required: [] }, { functions: [declared] })).toEqual([]);
      expect(Object.keys(declared.parameters.properties)).toEqual(expect.arrayContaining(declared.parameters.required));
    });
  });
});
