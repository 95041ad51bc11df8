import { placeholders, product, publisher } from '../../product.ts';
import type { Action } from '../../shared/action/defineAction.ts';
import { inlineErrorSchema, problemSchema } from '../../shared/action/failureSchema.ts';
import { inputSchema, outputSchema, type PlainSchema, toPlainObject } from '../../shared/action/plainSchema.ts';
import { dynamicValues } from './choices.ts';
import { type ConnectorAuth, security } from './connection.ts';
import { GENERATED } from './generated.ts';
import { fieldTitle, operationId } from './naming.ts';
import { problemStatuses } from './problems.ts';

/** The connector as Power Platform imports it: https://learn.microsoft.com/connectors/custom-connectors/define-openapi-definition */
export function connectorDefinition(actions: readonly Action[], version: string, auth: ConnectorAuth) {
  return {
    ...head(product.title, product.description, version),
    consumes: ['application/json'],
    produces: ['application/json', 'application/problem+json'],
    paths: Object.fromEntries(
      actions.map(action => [
        `/${action.system}/${action.name}`,
        { [action.access === 'read' ? 'get' : 'post']: operation(action, actions) },
      ]),
    ),
    definitions: { Problem: { title: 'Problem', ...titled(toPlainObject(problemSchema, 'output')) } },
    ...security[auth],
    ...metadata,
  };
}

/** A connector of its own, because Copilot Studio takes an MCP server as one that has no other operation. */
export function mcpDefinition(version: string, auth: ConnectorAuth) {
  return {
    ...head(`${product.title} (MCP)`, `${product.description} As a Model Context Protocol server.`, version),
    consumes: ['application/json'],
    produces: ['application/json'],
    paths: {
      '/mcp': {
        post: {
          operationId: 'InvokeMCP',
          summary: 'Use the tools of the server',
          description: 'Lists and calls the tools of the Model Context Protocol server.',
          'x-ms-agentic-protocol': 'mcp-streamable-1.0',
          responses: { 200: { description: 'The answer of the server.' } },
        },
      },
    },
    ...security[auth],
    ...metadata,
  };
}

/** What the command-line tools `pac` and `paconn` read beside the definition. `icon` is a path from there. */
export function connectorSettings(icon: string) {
  return {
    connectorId: '',
    environment: '',
    apiDefinition: 'apiDefinition.swagger.json',
    apiProperties: 'apiProperties.json',
    icon,
    script: '',
  };
}

function head(title: string, description: string, version: string) {
  return {
    swagger: '2.0',
    info: {
      title,
      description,
      version,
      contact: { name: publisher.name, url: publisher.website, email: publisher.email },
      'x-generated': GENERATED,
    },
    host: placeholders.host,
    basePath: '/api',
    schemes: ['https'],
  };
}

const metadata = {
  'x-ms-connector-metadata': [
    { propertyName: 'Website', propertyValue: publisher.website },
    { propertyName: 'Privacy policy', propertyValue: publisher.privacyPolicy },
    { propertyName: 'Categories', propertyValue: product.categories },
  ],
};

function operation(action: Action, actions: readonly Action[]) {
  const { name, title, description } = action;
  return {
    operationId: operationId(name),
    summary: title,
    description,
    parameters: [...inputs(action, actions), errorMode],
    responses: {
      200: { description: 'The answer, or an error to act on.', schema: answerSchema(action) },
      ...Object.fromEntries(
        problemStatuses.map(({ status, description }) => [
          status,
          { description, schema: { $ref: '#/definitions/Problem' } },
        ]),
      ),
    },
  };
}

/** Sent with every call and shown to nobody: a failure then comes as a 200 that the platform lets the model read. */
const errorMode = {
  name: 'X-Error-Mode',
  in: 'header',
  type: 'string',
  required: true,
  default: 'inline',
  'x-ms-summary': 'Error mode',
  'x-ms-visibility': 'internal',
  description: 'How failures are answered: inside the answer.',
};

const advanced = new Set(['limit', 'pageToken']);

/** Query parameters for a read, one flat body for a write. */
function inputs(action: Action, actions: readonly Action[]) {
  const { properties, required = [] } = inputSchema(action);
  const fields = Object.entries(properties).map(([name, { description, ...schema }]) => {
    const choice = dynamicValues(name, action, actions);
    const sample = action.example[name];
    const field = {
      ...schema,
      'x-ms-summary': fieldTitle(name),
      description,
      ...(advanced.has(name) && { 'x-ms-visibility': 'advanced' }),
      ...(choice && { 'x-ms-dynamic-values': choice }),
      ...(sample !== undefined && { 'x-ms-test-value': sample }),
    };
    return { name, field };
  });
  if (action.access === 'read') {
    return fields.map(({ name, field }) => ({ name, in: 'query', required: required.includes(name), ...field }));
  }
  return [
    {
      name: 'body',
      in: 'body',
      required: true,
      'x-ms-summary': 'Input',
      description: 'The inputs.',
      schema: {
        type: 'object',
        properties: Object.fromEntries(fields.map(({ name, field }) => [name, field])),
        ...(required.length > 0 && { required }),
      },
    },
  ];
}

/** Nothing in it is required, because an answer that failed has `error` alone. */
function answerSchema(action: Action) {
  const { required: _, ...schema } = outputSchema(action);
  const error = { ...toPlainObject(inlineErrorSchema, 'output'), description: 'Present only when the call failed.' };
  return titled({ ...schema, properties: { ...schema.properties, error } });
}

/** Every field of an answer with a title, which is what a maker sees. */
function titled(schema: PlainSchema): object {
  const { properties, items, additionalProperties } = schema;
  return {
    ...schema,
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, part]) => {
          const title = fieldTitle(name);
          return [name, { title, 'x-ms-summary': title, ...titled(part) }];
        }),
      ),
    }),
    ...(items && { items: titled(items) }),
    ...(additionalProperties && { additionalProperties: titled(additionalProperties) }),
  };
}
