import { publisher } from '../../product.ts';
import type { Action } from '../../shared/action/defineAction.ts';
import { problemSchema } from '../../shared/action/failureSchema.ts';
import { inputSchema, outputSchema, toPlainObject } from '../../shared/action/plainSchema.ts';
import { GENERATED } from './generated.ts';
import { operationId } from './naming.ts';
import type { PluginSignIn } from './pluginSignIn.ts';
import type { Presentation } from './presentation.ts';
import { problemStatuses } from './problems.ts';

/** The document that the plugin refers to: OpenAPI 3, with failures as problem documents. */
export function openApi(
  { title, description }: Presentation,
  actions: readonly Action[],
  version: string,
  { host, scheme }: PluginSignIn,
) {
  return {
    openapi: '3.0.3',
    info: {
      title,
      description,
      version,
      contact: { name: publisher.name, url: publisher.website, email: publisher.email },
      'x-generated': GENERATED,
    },
    servers: [{ url: `https://${host}/api` }],
    security: [{ [scheme.name]: scheme.scopes }],
    paths: Object.fromEntries(
      actions.map(action => [
        `/${action.system}/${action.name}`,
        { [action.access === 'read' ? 'get' : 'post']: operation(action) },
      ]),
    ),
    components: {
      schemas: { Problem: toPlainObject(problemSchema, 'output') },
      securitySchemes: { [scheme.name]: scheme.definition },
    },
  };
}

function operation(action: Action) {
  const { name, title, description, access } = action;
  return {
    operationId: operationId(name),
    summary: title,
    description,
    // What changes something is confirmed by the user each time.
    'x-openai-isConsequential': access === 'write',
    ...(access === 'read' ? { parameters: queryParameters(action) } : { requestBody: requestBody(action) }),
    responses: {
      200: { description: 'The answer.', content: { 'application/json': { schema: outputSchema(action) } } },
      ...Object.fromEntries(problemStatuses.map(({ status, description }) => [status, problem(description)])),
    },
  };
}

function queryParameters(action: Action) {
  const { properties, required = [] } = inputSchema(action);
  return Object.entries(properties).map(([name, { description, ...schema }]) => {
    const example = action.example[name];
    return {
      name,
      in: 'query',
      required: required.includes(name),
      description,
      schema,
      ...(example !== undefined && { example }),
    };
  });
}

function requestBody(action: Action) {
  return {
    required: true,
    content: { 'application/json': { schema: inputSchema(action), example: action.example } },
  };
}

function problem(description: string) {
  return { description, content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };
}
