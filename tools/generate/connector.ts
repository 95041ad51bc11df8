import type * as z from 'zod';
import { product, publisher } from '../../product.ts';
import type { Action } from '../../shared/action/defineAction.ts';
import { inlineErrorSchema, problemSchema } from '../../shared/action/failureSchema.ts';
import { inputSchema, outputSchema, type PlainSchema, toPlainObject } from '../../shared/action/plainSchema.ts';
import { type Choices, fieldsOf, meaningOf } from '../../shared/schema/meaning.ts';
import { connectorFile } from './folders.ts';
import { GENERATED } from './generated.ts';
import { fieldTitle, operationId } from './naming.ts';
import { PLACEHOLDER_HOST } from './placeholders.ts';
import type { Presentation } from './presentation.ts';
import { problemStatuses } from './problems.ts';

/**
 * The connector with these actions as Power Platform imports it, but for the host and how callers sign in:
 * https://learn.microsoft.com/connectors/custom-connectors/define-openapi-definition
 */
export function connectorDefinition(presentation: Presentation, actions: readonly Action[], version: string) {
  return {
    ...head(presentation, version),
    consumes: ['application/json'],
    produces: ['application/json', 'application/problem+json'],
    paths: Object.fromEntries(
      actions.map(action => [
        `/${action.system}/${action.name}`,
        { [action.access === 'read' ? 'get' : 'post']: operation(action, actions) },
      ]),
    ),
    definitions: { Problem: { title: 'Problem', ...titled(toPlainObject(problemSchema, 'output'), problemSchema) } },
    ...metadata,
  };
}

/**
 * A connector with the tools at `path`, but for the host and how callers sign in. Copilot Studio takes as an MCP server
 * only a connector that has no other operation.
 */
export function mcpDefinition(presentation: Presentation, path: string, version: string) {
  return {
    ...head(presentation, version),
    consumes: ['application/json'],
    produces: ['application/json'],
    paths: {
      [path]: {
        post: {
          operationId: 'InvokeMCP',
          summary: 'Use the tools of the server',
          description: 'Lists and calls the tools of the Model Context Protocol server.',
          'x-ms-agentic-protocol': 'mcp-streamable-1.0',
          responses: { 200: { description: 'The answer of the server.' } },
        },
      },
    },
    ...metadata,
  };
}

/** How a connector looks in Power Platform, without what a connection asks its maker for. */
export function connectorProperties() {
  return {
    properties: {
      iconBrandColor: product.brandColor,
      publisher: publisher.name,
      stackOwner: publisher.name,
      capabilities: ['actions'],
      policyTemplateInstances: [],
    },
  };
}

/** What the command-line tools `pac` and `paconn` read beside the definition. */
export function connectorSettings() {
  return {
    connectorId: '',
    environment: '',
    apiDefinition: connectorFile.definition,
    apiProperties: connectorFile.properties,
    icon: connectorFile.icon,
    script: '',
  };
}

function head({ title, description }: Presentation, version: string) {
  return {
    swagger: '2.0',
    info: {
      title,
      description,
      version,
      contact: { name: publisher.name, url: publisher.website, email: publisher.email },
      'x-generated': GENERATED,
    },
    host: PLACEHOLDER_HOST,
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

/** Query parameters for a read, one flat body for a write. */
function inputs(action: Action, actions: readonly Action[]) {
  const { properties, required = [] } = inputSchema(action);
  const declared = fieldsOf(action.input);
  const fields = Object.entries(properties).map(([name, { description, ...schema }]) => {
    const { choices, advanced } = declared[name] ? meaningOf(declared[name]) : {};
    const choice = choices && dynamicValues(choices, action, actions);
    const sample = action.example[name];
    const field = {
      ...schema,
      'x-ms-summary': fieldTitle(name, declared[name]),
      description,
      ...(advanced && { 'x-ms-visibility': 'advanced' }),
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

/**
 * How a designer fills the list for an input, where the connector has the action that gives it, and the operation itself
 * has the inputs which that one needs:
 * https://learn.microsoft.com/connectors/custom-connectors/openapi-extensions#x-ms-dynamic-values
 */
function dynamicValues(choices: Choices, action: Action, actions: readonly Action[]) {
  const isThere = choices.action !== action.name && actions.some(({ name }) => name === choices.action);
  const inputs = Object.entries(choices.inputs);
  if (!isThere || !inputs.every(([, from]) => typeof from === 'number' || from.input in action.input.shape)) {
    return undefined;
  }
  return {
    operationId: operationId(choices.action),
    parameters: {
      // The list is of the site that the operation itself is for.
      ...('site' in action.input.shape && { site: { parameter: 'site' } }),
      ...Object.fromEntries(
        inputs.map(([name, from]) => [name, typeof from === 'number' ? from : { parameter: from.input }]),
      ),
    },
    'value-collection': choices.collection,
    'value-title': choices.title,
    'value-path': choices.value,
  };
}

/** Nothing in it is required, because an answer that failed has `error` alone. */
function answerSchema(action: Action) {
  const { required: _, ...schema } = outputSchema(action);
  const error = { ...toPlainObject(inlineErrorSchema, 'output'), description: 'Present only when the call failed.' };
  return titled(
    { ...schema, properties: { ...schema.properties, error } },
    action.output.extend({ error: inlineErrorSchema }),
  );
}

/** Every field of an answer with a title, which is what a maker sees. `declared` is what the plain schema was made from. */
function titled(schema: PlainSchema, declared: z.core.$ZodType | undefined): object {
  const { properties, items, additionalProperties } = schema;
  const fields = fieldsOf(declared);
  return {
    ...schema,
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, part]) => {
          const title = fieldTitle(name, fields[name]);
          return [name, { title, 'x-ms-summary': title, ...titled(part, fields[name]) }];
        }),
      ),
    }),
    // The fields of a list's items are found through the list.
    ...(items && { items: titled(items, declared) }),
    ...(additionalProperties && { additionalProperties: titled(additionalProperties, undefined) }),
  };
}
