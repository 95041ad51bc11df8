import { existsSync, globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { SandboxExchange } from '../../shared/sandbox/sandboxServer.ts';

type Json = Record<string, unknown>;

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema?: Json;
}

interface Operation {
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content?: Record<string, { schema?: Json }> };
  responses: Record<string, { content?: Record<string, { schema?: Json }> }>;
}

interface OpenApiDocument {
  paths: Record<string, Record<string, Operation>>;
}

/** Says what in an exchange differs from the document; nothing when it all agrees. */
export type OpenApiCheck = (exchange: SandboxExchange) => string[];

/**
 * Where Atlassian's own OpenAPI document of the Jira Cloud REST API lies on this machine: at `JIRA_OPENAPI`, or in a
 * folder of a sibling called `shared`. It is public (https://developer.atlassian.com/cloud/jira/platform/swagger-v3.v3.json)
 * but not ours to ship, so checks against it are skipped where it is missing.
 */
export function findJiraOpenApi(): string | undefined {
  return process.env.JIRA_OPENAPI && existsSync(process.env.JIRA_OPENAPI)
    ? process.env.JIRA_OPENAPI
    : documentNamed('jira-cloud-openapi.json');
}

/** The same of boards and sprints: https://developer.atlassian.com/cloud/jira/software/swagger.v3.json */
export function findSoftwareOpenApi(): string | undefined {
  return documentNamed('jira-software-openapi.json');
}

function documentNamed(name: string): string | undefined {
  const root = resolve(import.meta.dirname, '../..');
  return globSync(resolve(root, `../shared/*/${name}`)).find(path => existsSync(path));
}

/** A check of requests and answers against an OpenAPI 3.0 document. */
export function openApiCheck(path: string): OpenApiCheck {
  const source = readFileSync(path, 'utf8');
  // Every reference gets the document's name, so that a schema taken out of it still finds the others.
  const document: OpenApiDocument = JSON.parse(source.replaceAll('"#/components/', '"openapi#/components/'));
  // `toString` is a property of Jira's changelog, which every object seems to have unless only its own are looked at.
  const ajv = new Ajv({
    strict: false,
    validateSchema: false,
    allErrors: true,
    ownProperties: true,
    coerceTypes: false,
  });
  addFormats.default(ajv);
  ajv.addSchema({ ...document, $id: 'openapi' });
  const compiled = new Map<Json, ValidateFunction>();
  const problemsOf = (where: string, schema: Json, value: unknown): string[] => {
    const validate = compiled.get(schema) ?? ajv.compile(schema);
    compiled.set(schema, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      error => `${where}${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
    );
  };

  return ({ request, status, headers, body }) => {
    const path = request.path.replace(/^\/ex\/jira\/[^/]+/, '');
    // Tokens are issued by another service, which the document is not about.
    if (!path.startsWith('/rest/')) return [];
    const found = findOperation(document, request.method.toLowerCase(), path);
    const name = `${request.method} ${path}`;
    if (!found) return [`${name} is not in the document`];
    const { operation } = found;

    const problems = queryProblems(operation, request.query, problemsOf);
    const bodySchema = operation.requestBody?.content?.['application/json']?.schema;
    // What the sandbox refused may well have been wrong.
    if (bodySchema && status < 400) problems.push(...problemsOf('request body', bodySchema, parse(request.body)));

    const isUndocumented = !(String(status) in operation.responses);
    // Jira's document leaves out most of its errors, gateway errors and 401 first of all.
    if (isUndocumented && status < 400) problems.push(`answered ${status}, which the document does not have`);
    const answerSchema = operation.responses[String(status)]?.content?.['application/json']?.schema;
    const isJson = headers['content-type']?.startsWith('application/json');
    if (status < 400 && answerSchema?.type !== undefined && !isJson) problems.push('the answer is not JSON');
    if (status < 400 && answerSchema && isJson) problems.push(...problemsOf('answer', answerSchema, parse(body)));
    return problems.map(problem => `${name}: ${problem}`);
  };
}

/** JSON whose members that are null are gone: the document writes every optional member as if it could not be. */
const parse = (text: string): unknown =>
  text === '' ? undefined : JSON.parse(text, (_key, value: unknown) => (value === null ? undefined : value));

function findOperation(document: OpenApiDocument, method: string, path: string): { operation: Operation } | undefined {
  const segments = path.split('/');
  const matches = Object.entries(document.paths).filter(([template]) => {
    const parts = template.split('/');
    return (
      parts.length === segments.length && parts.every((part, index) => part.startsWith('{') || part === segments[index])
    );
  });
  // The template with the fewest variables is the one that is meant.
  const [best] = matches.sort(([left], [right]) => left.split('{').length - right.split('{').length);
  const operation = best?.[1][method];
  return operation && { operation };
}

function queryProblems(
  { parameters = [] }: Operation,
  query: URLSearchParams,
  problemsOf: (where: string, schema: Json, value: unknown) => string[],
): string[] {
  const known = new Map(parameters.filter(each => each.in === 'query').map(each => [each.name, each]));
  const missing = [...known.values()].filter(({ name, required }) => required && !query.has(name));
  return [
    ...missing.map(({ name }) => `the parameter ${name} is missing`),
    ...[...new Set(query.keys())].flatMap(name => {
      const schema = known.get(name)?.schema;
      if (!schema) return [`there is no parameter ${name}`];
      // What is no single text is documented as an object, which no query can hold.
      if (schema.type === 'object') return [];
      return problemsOf(`parameter ${name}`, schema, parameterValue(schema, query.getAll(name)));
    }),
  ];
}

/** A query parameter's text as the type that its schema names. */
function parameterValue(schema: Json, values: string[]): unknown {
  if (schema.type !== 'array') return scalar(schema, values.join(','));
  return values
    .flatMap(value => value.split(','))
    .map(value => scalar(isJson(schema.items) ? schema.items : {}, value));
}

function scalar({ type }: Json, text: string): unknown {
  if ((type === 'integer' || type === 'number') && text.trim() !== '' && !Number.isNaN(Number(text)))
    return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null;
