import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import SwaggerParser from '@apidevtools/swagger-parser';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

type Schema = { properties?: Record<string, Schema>; items?: Schema; additionalProperties?: Schema } & Record<
  string,
  unknown
>;

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  default?: unknown;
  'x-ms-test-value'?: unknown;
  example?: unknown;
  schema?: Schema;
}

interface Response {
  /** Swagger 2. */
  schema?: Schema;
  /** OpenAPI 3. */
  content?: Record<string, { schema: Schema }>;
}

export interface Operation {
  operationId: string;
  path: string;
  method: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema; example: Record<string, unknown> }> };
  responses: Record<string, Response>;
}

type Values = Record<string, unknown>;

/** A definition as a platform reads it: it knows nothing of the code. */
export interface Definition {
  operations: Operation[];
  /** Calls an operation at `url` with these inputs, as a client that was made from the definition would. */
  call(
    operation: Operation,
    inputs: Values,
    url: string,
    credentials: Record<string, string>,
  ): Promise<{ status: number; body: unknown }>;
  /** What in an answer is not as the definition says; nothing when all is. */
  problems(operation: Operation, status: number, body: unknown): string[];
}

export async function readDefinition(path: string): Promise<Definition> {
  const text = await readFile(resolve(import.meta.dirname, '../..', path), 'utf8');
  const document = JSON.parse(text) as { basePath?: string; servers?: { url: string }[] };
  const basePath = document.basePath ?? new URL(document.servers?.[0]?.url ?? '').pathname;
  const { paths } = (await SwaggerParser.dereference(JSON.parse(text))) as unknown as {
    paths: Record<string, Record<string, Operation>>;
  };
  const ajv = new Ajv({ strict: true, allErrors: true, keywords: ['x-ms-summary', 'example'] });
  addFormats.default(ajv);
  const validators = new Map<string, ValidateFunction>();

  return {
    operations: Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ ...operation, path, method: method.toUpperCase() })),
    ),

    async call(operation, inputs, url, credentials) {
      const { method, path, parameters = [], requestBody } = operation;
      const query = new URLSearchParams();
      const headers = new Headers(credentials);
      let body: string | undefined = requestBody && JSON.stringify(inputs);
      // A client sends a value that the definition gives for what is not given.
      for (const parameter of parameters) {
        const value = inputs[parameter.name] ?? parameter.default;
        if (parameter.in === 'body') body = JSON.stringify(inputs);
        else if (value === undefined) continue;
        else if (parameter.in === 'query') query.set(parameter.name, String(value));
        else if (parameter.in === 'header') headers.set(parameter.name, String(value));
        else throw new Error(`${operation.operationId} has a parameter in ${parameter.in}.`);
      }
      if (body !== undefined) headers.set('content-type', 'application/json');
      const response = await fetch(new URL(`${basePath}${path}?${query}`, url), {
        method,
        headers,
        ...(body !== undefined && { body }),
      });
      return { status: response.status, body: await response.json() };
    },

    problems({ operationId, responses }, status, body) {
      const response = responses[status];
      const schema = response?.schema ?? Object.values(response?.content ?? {})[0]?.schema;
      if (!schema) return [`${operationId} declares no answer ${status}.`];
      const name = `${operationId} ${status}`;
      const validate = validators.get(name) ?? ajv.compile(closed(schema));
      validators.set(name, validate);
      validate(body);
      return (validate.errors ?? []).map(
        ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
      );
    },
  };
}

/** The samples that the definition itself has for an operation's inputs. */
export function samples({ parameters = [], requestBody }: Operation): Values {
  const content = Object.values(requestBody?.content ?? {});
  const inBody = parameters.find(parameter => parameter.in === 'body')?.schema?.properties ?? {};
  const entries = [
    ...parameters.map(parameter => [parameter.name, parameter['x-ms-test-value'] ?? parameter.example]),
    ...Object.entries(inBody).map(([name, schema]) => [name, schema['x-ms-test-value']]),
    ...content.flatMap(({ example }) => Object.entries(example)),
  ];
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** The inputs that must be given, apart from those that have a value of their own. */
export function requiredInputs({ parameters = [], requestBody }: Operation): string[] {
  const schemas = [
    ...parameters.filter(parameter => parameter.in === 'body').map(parameter => parameter.schema),
    ...Object.values(requestBody?.content ?? {}).map(content => content.schema),
  ];
  const inQuery = parameters.filter(parameter => parameter.in === 'query' && parameter.required);
  return [
    ...inQuery.map(({ name }) => name),
    ...schemas.flatMap(schema => (schema?.required as string[] | undefined) ?? []),
  ];
}

/** The same schema with no room for a property that it does not declare. */
function closed({ properties, items, additionalProperties, ...schema }: Schema): Schema {
  return {
    ...schema,
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, closed(part)])),
      additionalProperties: false as unknown as Schema,
    }),
    ...(items && { items: closed(items) }),
    ...(additionalProperties && { additionalProperties: closed(additionalProperties) }),
  };
}
