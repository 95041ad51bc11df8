import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import SwaggerParser from '@apidevtools/swagger-parser';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { actions as entries } from '../../../functions/actions.ts';
import { systems } from '../../../functions/everySystem.ts';
import { failureCodes } from '../../../shared/failure.ts';
import { userSignIns, type VendorSignIn, vendorSignIn } from '../../../tools/connector/vendorSignIn.ts';
import { withSignIn } from '../../../tools/connector/withSignIn.ts';
import { actions as allActions } from '../../support/sandboxedActions.ts';
import { generatedJson } from './generatedJson.ts';

const root = resolve(import.meta.dirname, '../../..');

const host = 'contoso.azurewebsites.net';
const clientId = '33333333-3333-4333-8333-333333333333';
const tenantId = '22222222-2222-4222-8222-222222222222';

interface Schema {
  type?: string;
  title?: string;
  description?: string;
  enum?: string[];
  required?: string[];
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema;
  'x-ms-summary'?: string;
  'x-ms-visibility'?: string;
  'x-ms-dynamic-values'?: DynamicValues;
}

interface DynamicValues {
  operationId: string;
  parameters: Record<string, unknown>;
  'value-collection': string;
  'value-title': string;
  'value-path': string;
}

interface Parameter extends Schema {
  name: string;
  in: string;
  schema?: Schema;
  default?: unknown;
}

interface Operation {
  operationId: string;
  summary: string;
  description: string;
  parameters: Parameter[];
  responses: Record<string, { description: string; schema?: Schema & { $ref?: string } }>;
}

interface Definition {
  info: { title: string; description: string; version: string; contact: object };
  paths: Record<string, Record<string, Operation>>;
  securityDefinitions: Record<string, { type: string; in?: string; name?: string }>;
  'x-ms-connector-metadata': { propertyName: string; propertyValue: string }[];
}

/** A word that people write in capitals: the field is to be an `id` or a `link`, or to declare its `acronym`. */
const uncapitalised = /\b(Id|id|Url|url)\b/;

const operationsOf = ({ paths }: Definition) => Object.values(paths).flatMap(methods => Object.values(methods));

/** The inputs of an operation as a maker sees them: those in the query, and those in the body. */
const inputsOf = ({ parameters }: Operation): (Schema & { name: string })[] =>
  parameters.flatMap(parameter =>
    parameter.in === 'body'
      ? Object.entries(parameter.schema?.properties ?? {}).map(([name, schema]) => ({ name, ...schema }))
      : [parameter],
  );

/** Every field below a schema, by its path. */
function fieldsOf({ properties = {}, items, additionalProperties }: Schema, path = ''): [string, Schema][] {
  const nested = [items, additionalProperties].flatMap(part => (part ? fieldsOf(part, `${path}[]`) : []));
  const own = Object.entries(properties).flatMap(([name, part]): [string, Schema][] => {
    const field = `${path}.${name}`;
    return [[field, part], ...fieldsOf(part, field)];
  });
  return [...own, ...nested];
}

const signIns = await userSignIns(systems);
const folders = globSync('infra/connector/**/apiDefinition.swagger.json', { cwd: root }).map(dirname).sort();
const withActions = systems.filter(({ name }) => entries.some(({ system }) => system === name));
const systemFolders = withActions.map(({ name }) => `infra/connector/${name}`);
/** The path of the MCP server that each of the other connectors is for. */
const mcpPaths = new Map([
  ['infra/connector/mcp', '/mcp'],
  ...new Map(entries.map(({ system, toolset }) => [`infra/connector/${system}/mcp/${toolset}`, `/mcp/x/${toolset}`])),
]);

it('there is a connector for each system, for the tools of each toolset, and for the core', () => {
  expect(folders).toEqual([...systemFolders, ...mcpPaths.keys()].sort());
});

it('no two connectors have one title', () => {
  const titles = folders.map(folder => generatedJson<Definition>(`${folder}/apiDefinition.swagger.json`).info.title);
  expect(new Set(titles).size).toBe(titles.length);
});

describe.each(folders)('the connector in %s', folder => {
  const definition = generatedJson<Definition>(`${folder}/apiDefinition.swagger.json`);
  const { properties } = generatedJson<{ properties: Record<string, string> }>(`${folder}/apiProperties.json`);

  it('is valid Swagger 2.0 of less than 900 kB', async () => {
    const path = resolve(root, folder, 'apiDefinition.swagger.json');
    await expect(SwaggerParser.validate(path)).resolves.toMatchObject({ swagger: '2.0' });
    expect(statSync(path).size).toBeLessThan(900_000);
  });

  it('presents itself as the validator of Power Platform wants it', () => {
    const { title, description, version, contact } = definition.info;
    expect(title.length).toBeLessThanOrEqual(30);
    expect(title).not.toMatch(/api|connector/i);
    expect(description.length).toBeGreaterThanOrEqual(30);
    expect(description.length).toBeLessThanOrEqual(500);
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(contact).toEqual({
      name: expect.any(String),
      url: expect.stringMatching(/^https:/),
      email: expect.stringMatching(/@/),
    });
    expect(definition['x-ms-connector-metadata'].map(({ propertyName }) => propertyName)).toEqual([
      'Website',
      'Privacy policy',
      'Categories',
    ]);
  });

  it('has a brand colour that is neither the default nor white, and actions alone', () => {
    expect(properties.iconBrandColor).toMatch(/^#[0-9a-f]{6}$/i);
    expect(['#007ee5', '#ffffff']).not.toContain(properties.iconBrandColor?.toLowerCase());
    expect(properties.capabilities).toEqual(['actions']);
  });

  it('has a square icon of a size that connectors take', () => {
    const icon = readFileSync(resolve(root, folder, 'icon.png'));
    expect(icon.subarray(1, 4).toString()).toBe('PNG');
    const [width, height] = [icon.readUInt32BE(16), icon.readUInt32BE(20)];
    expect(height).toBe(width);
    expect(width).toBeGreaterThanOrEqual(100);
    expect(width).toBeLessThanOrEqual(230);
  });

  it('has settings that name files which are there', () => {
    const settings = generatedJson<Record<string, string>>(`${folder}/settings.json`);
    for (const key of ['apiDefinition', 'apiProperties', 'icon']) {
      expect(existsSync(resolve(root, folder, settings[key] ?? '?')), `${key} ${settings[key]}`).toBe(true);
    }
  });
});

describe.each(withActions)('the operations of $name', ({ name: system }) => {
  const folder = `infra/connector/${system}`;
  const own = entries.filter(entry => entry.system === system);
  const definition = generatedJson<Definition>(`${folder}/apiDefinition.swagger.json`);
  const operations = operationsOf(definition);

  it('are the actions: reads by GET, writes by POST, on their own routes', () => {
    const routes = Object.entries(definition.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map(method => `${method} ${path}`),
    );
    expect(routes).toEqual(own.map(({ name, access }) => `${access === 'read' ? 'get' : 'post'} /${system}/${name}`));
    expect(operations.map(({ operationId }) => operationId)).toEqual(
      own.map(({ name }) => name.charAt(0).toUpperCase() + name.slice(1)),
    );
  });

  it.each(operations)('have texts that the validator takes: $operationId', operation => {
    const { operationId, summary, description } = operation;
    expect(operationId).toMatch(/^[A-Z][A-Za-z0-9]+$/);
    expect(summary).toMatch(/^[A-Z][^[/\\<>*%&?\]]{2,79}$/);
    expect(summary).not.toMatch(/\.$/);
    expect(summary.split(' ').slice(1).join(' '), 'in sentence case').not.toMatch(
      /\b(?!Jira|Salesforce|JQL|SOQL)[A-Z][a-z]+/,
    );
    expect(description).toMatch(/\.$/);
    expect(description).not.toBe(summary);
    expect(description.length).toBeLessThanOrEqual(1000);
  });

  it.each(operations)('take flat inputs, each with a title and a sentence: $operationId', operation => {
    expect(JSON.stringify(operation.parameters)).not.toMatch(
      /"(\$ref|anyOf|oneOf|allOf|items|exclusiveMinimum|exclusiveMaximum)":|"type":\[/,
    );
    for (const parameter of operation.parameters) expect(parameter['x-ms-summary']).toMatch(/^[A-Z]/);
    for (const { name, type, description, ...input } of inputsOf(operation)) {
      expect(['string', 'integer', 'number', 'boolean'], name).toContain(type);
      expect(input['x-ms-summary'], name).toMatch(/^[A-Z]/);
      expect(input['x-ms-summary'], 'declare an acronym').not.toMatch(uncapitalised);
      expect(description, name).toMatch(/^[A-Z].*\.$/s);
      expect(description, name).not.toBe(`${input['x-ms-summary']}.`);
      expect(input['x-ms-visibility'], name).toBe(
        {
          limit: 'advanced',
          pageToken: 'advanced',
          repeat: 'advanced',
          allowDuplicate: 'advanced',
          'X-Error-Mode': 'internal',
        }[name],
      );
    }
  });

  it.each(operations)('ask for failures inside the answer, unseen: $operationId', ({ parameters }) => {
    expect(parameters.find(({ name }) => name === 'X-Error-Mode')).toMatchObject({
      in: 'header',
      required: true,
      default: 'inline',
      'x-ms-visibility': 'internal',
    });
  });

  it.each(operations)('answer with fields that all have a title and a sentence: $operationId', ({ responses }) => {
    const answer = responses[200]?.schema ?? {};
    expect(JSON.stringify(answer)).not.toMatch(/"(\$ref|anyOf|oneOf|allOf)":|"type":\[/);
    expect(answer.required).toBeUndefined();
    expect(Object.keys(answer.properties ?? {})).toEqual(expect.arrayContaining(['error', 'truncated']));
    for (const [path, field] of fieldsOf(answer)) {
      expect(field.title, path).toMatch(/^[A-Z]/);
      expect(field.title, 'declare an acronym').not.toMatch(uncapitalised);
      expect(field['x-ms-summary'], path).toBe(field.title);
      expect(field.description, path).toMatch(/^[A-Z].*\.$/s);
    }
  });

  it.each(operations)('document every status of a failure: $operationId', ({ responses }) => {
    const statuses = new Set(Object.values(failureCodes).map(({ status }) => String(status)));
    expect(new Set(Object.keys(responses))).toEqual(statuses.add('200'));
    for (const status of statuses)
      if (status !== '200') expect(responses[status]?.schema?.$ref).toBe('#/definitions/Problem');
  });

  const lists = operations.flatMap(operation =>
    inputsOf(operation).flatMap(({ name, ...input }) =>
      input['x-ms-dynamic-values'] ? [{ operation, name, choice: input['x-ms-dynamic-values'] }] : [],
    ),
  );

  it.each(lists)(
    'let a maker choose $name from an operation that gives it: $operation.operationId',
    ({ operation, choice }) => {
      const source = operations.find(({ operationId }) => operationId === choice.operationId);
      expect(source, choice.operationId).toBeDefined();
      const items = source?.responses[200]?.schema?.properties?.[choice['value-collection']]?.items?.properties ?? {};
      expect(Object.keys(items)).toEqual(expect.arrayContaining([choice['value-title'], choice['value-path']]));
      const taken = source ? inputsOf(source) : [];
      expect(taken.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(choice.parameters)));
      for (const value of Object.values(choice.parameters)) {
        if (typeof value === 'object')
          expect(inputsOf(operation).map(({ name }) => name)).toContain((value as { parameter: string }).parameter);
      }
    },
  );
});

it.each(folders)('a connection in %s has the function key, in a header', folder => {
  const { securityDefinitions } = generatedJson<Definition>(`${folder}/apiDefinition.swagger.json`);
  expect(Object.values(securityDefinitions)).toEqual([{ type: 'apiKey', in: 'header', name: 'x-functions-key' }]);
  const { properties } = generatedJson<{ properties: { connectionParameters: object } }>(
    `${folder}/apiProperties.json`,
  );
  expect(properties.connectionParameters).toMatchObject({ api_key: { type: 'securestring' } });
});

it.each([...mcpPaths])(
  'the MCP connector in %s has one operation, which takes nothing and promises nothing',
  (folder, path) => {
    const { paths } = generatedJson<Definition>(`${folder}/apiDefinition.swagger.json`);
    expect(Object.keys(paths)).toEqual([path]);
    const { post } = paths[path] ?? {};
    expect(post).toMatchObject({ operationId: 'InvokeMCP', 'x-ms-agentic-protocol': 'mcp-streamable-1.0' });
    expect(post?.parameters).toBeUndefined();
    expect(Object.keys(post?.responses ?? {})).toEqual(['200']);
    expect(post?.responses[200]?.schema).toBeUndefined();
  },
);

/**
 * The schemas that Microsoft publishes for connectors (https://github.com/microsoft/PowerPlatformConnectors/tree/dev/schemas),
 * where they lie: in the folder `CONNECTOR_SCHEMAS`, or in one of a sibling called `shared`. They are not ours to ship.
 */
describe('the public schemas of connectors', () => {
  const [definitionSchema] = publicSchema('apiDefinition.swagger.schema.strict.json');
  const [propertiesSchema] = publicSchema('paconn-apiProperties.schema.strict.json');

  const connectors = folders.flatMap(folder => {
    const parts = {
      definition: generatedJson<object>(`${folder}/apiDefinition.swagger.json`),
      properties: generatedJson<{ properties: object }>(`${folder}/apiProperties.json`),
    };
    return [
      { folder, auth: 'key', ...withSignIn(parts, { auth: 'key', host }) },
      { folder, auth: 'entra', ...withSignIn(parts, { auth: 'entra', host, clientId, tenantId }) },
      ...userSignInOf(folder).map(vendor => ({
        folder,
        auth: 'user',
        ...withSignIn(parts, { auth: 'user', host, clientId: 'an-app', vendor }),
      })),
    ];
  });

  it.skipIf(!definitionSchema).each(connectors)(
    'hold for the definition in $folder with $auth, but for what is newer than they are',
    ({ definition }) => {
      // Draft 4, which differs from draft 7 in little more than the name of one definition.
      const schema = readFileSync(definitionSchema ?? '', 'utf8')
        .replaceAll('http://json-schema.org/draft-04/schema#', 'http://json-schema.org/draft-07/schema#')
        .replaceAll('schema#/definitions/positiveInteger', 'schema#/definitions/nonNegativeInteger');
      const older = JSON.stringify(definition).replace('"x-ms-agentic-protocol":"mcp-streamable-1.0",', '');
      expect(schemaErrors(schema, JSON.parse(older))).toEqual([]);
    },
  );

  it.skipIf(!propertiesSchema).each(connectors)(
    'hold for the connection in $folder with $auth, but for what is newer than they are',
    ({ properties }) => {
      const schema = readFileSync(propertiesSchema ?? '', 'utf8');
      const older = JSON.stringify(properties)
        .replace('GlobalPerConnector', 'Global')
        .replace(/,"enableOnbehalfOfLogin":\{.*?\}/, '');
      expect(schemaErrors(schema, JSON.parse(older))).toEqual([]);
    },
  );
});

/** How users sign in at the vendor with the connector in this folder, where they may. */
function userSignInOf(folder: string): VendorSignIn[] {
  const system = systems.find(({ name }) => folder.split('/')[2] === name);
  const userSignIn = system && signIns.get(system.name);
  if (!system || !userSignIn) return [];
  const server = typeof userSignIn.server === 'string' ? userSignIn.server : userSignIn.server.sample;
  return [vendorSignIn({ system, userSignIn, server }, allActions)];
}

function publicSchema(name: string): string[] {
  const folder = process.env.CONNECTOR_SCHEMAS;
  return folder ? [resolve(folder, name)].filter(existsSync) : globSync(resolve(root, `../shared/*/${name}`));
}

const validators = new Map<string, ValidateFunction>();

function schemaErrors(text: string, content: unknown): string[] {
  const validate = validators.get(text) ?? compiled(text);
  validators.set(text, validate);
  validate(content);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

function compiled(text: string): ValidateFunction {
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
  addFormats.default(ajv);
  const { id: _, ...schema } = JSON.parse(text);
  return ajv.compile(schema);
}
