import { app } from '@azure/functions';
import { readInboundAuth } from '../shared/settings/inboundAuth.ts';
import { actions } from './actions.ts';

// Registration is all that happens at start: what a call needs is loaded by the first one that needs it.
const loadApp = () => import('./app.ts');

// With Entra ID the platform's authentication stands in front of every function, and function keys would be in its way.
const authLevel = readInboundAuth(process.env.INBOUND_AUTH) === 'entra' ? 'anonymous' : 'function';

for (const action of actions) {
  for (const name of [action.name, action.formerly?.name]) {
    if (name === undefined) continue;
    app.http(name, {
      methods: [action.access === 'read' ? 'GET' : 'POST'],
      authLevel,
      route: `${action.system}/${name}`,
      handler: async (request, context) => (await loadApp()).callAction(action, request, context),
    });
  }
}

app.http('health', {
  methods: ['GET'],
  authLevel: 'anonymous',
  route: 'health',
  handler: async (request, context) => (await loadApp()).health(request, context),
});

app.http('healthReady', {
  methods: ['GET'],
  authLevel,
  route: 'health/ready',
  handler: async (request, context) => (await loadApp()).ready(request, context),
});

/** Function, route, and whether writes are left out. */
const mcpRoutes = [
  ['mcp', 'mcp', false],
  ['mcpReadonly', 'mcp/readonly', true],
  ['mcpToolsets', 'mcp/x/{toolsets}', false],
  ['mcpToolsetsReadonly', 'mcp/x/{toolsets}/readonly', true],
] as const;

for (const [name, route, readOnly] of mcpRoutes) {
  app.http(name, {
    // The platform answers 404 to a method that is not registered, and MCP wants 405 for these.
    methods: ['POST', 'GET', 'DELETE'],
    authLevel,
    route,
    handler: async (request, context) =>
      (await loadApp()).callMcp({ toolsets: request.params.toolsets, readOnly }, request, context),
  });
}
