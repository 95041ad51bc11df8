import { app } from '@azure/functions';
import { createQuiet } from '../shared/action/quiet.ts';
import { inCallerMode, readInboundAuth, soleSignIn } from '../shared/settings/inboundAuth.ts';
import { actions, vendors } from './actions.ts';

// Registration is all that happens at start: what a call needs is loaded by the first one that needs it.
const loadApp = () => import('./app.ts');
type App = Awaited<ReturnType<typeof loadApp>>;

const quiet = createQuiet();
/** Answers a call, which is under way from now on, while what it needs is loaded, too. */
const answer = <Answer>(call: (app: App) => Promise<Answer>): Promise<Answer> =>
  quiet.during(async () => call(await loadApp()));

/**
 * With Entra ID the platform's authentication stands in front of every function, and function keys would be in its way. Where
 * callers sign in at a vendor, their token is all that they bring, and this app has the vendor check it.
 * @param signIn the system whose vendor that is, if any
 */
const authLevelOf = (signIn: string | undefined) =>
  signIn !== undefined || readInboundAuth(process.env.INBOUND_AUTH) === 'entra' ? 'anonymous' : 'function';

/** At the vendor of which system all callers of the app sign in. */
const sole = soleSignIn(vendors, process.env);

// What is real and what is wrong is told soon after the start, when the first call has had its turn.
const reportAfterMs = Number(process.env.START_REPORT_MS) || (process.env.WEBSITE_INSTANCE_ID ? 10_000 : 0);
if (reportAfterMs > 0) setTimeout(async () => (await loadApp()).reportStart(), reportAfterMs).unref();

// What was recorded last is sent before the instance stops.
if (process.env.OPEN_TELEMETRY) app.hook.appTerminate(async () => (await loadApp()).flush());
// What is not there by the first call is got ready meanwhile, once the functions are registered and a call has had its turn.
const WARM_UP_AFTER_MS = 200;
if (process.env.WARM_UP?.trim().toLowerCase() !== 'false') {
  const warmUp = async () => {
    await quiet.isNow();
    await (await loadApp()).warmUp(quiet);
  };
  setTimeout(() => warmUp().catch(() => {}), WARM_UP_AFTER_MS).unref();
}

const isVendors = (name: string) => vendors.some(({ system }) => system === name);

for (const action of actions) {
  // What belongs to no vendor is for whoever the app is for.
  const others = isVendors(action.system) ? undefined : sole;
  const signIn = inCallerMode(action.inbound, process.env) ? action.system : others;
  for (const name of [action.name, action.formerly?.name]) {
    if (name === undefined) continue;
    app.http(name, {
      methods: [action.access === 'read' ? 'GET' : 'POST'],
      authLevel: authLevelOf(signIn),
      route: `${action.system}/${name}`,
      handler: (request, context) => answer(app => app.callAction(action, request, context, signIn)),
    });
  }
}

app.http('health', {
  methods: ['GET'],
  authLevel: 'anonymous',
  route: 'health',
  handler: (request, context) => answer(app => app.health(request, context)),
});

app.http('healthReady', {
  methods: ['GET'],
  authLevel: authLevelOf(undefined),
  route: 'health/ready',
  handler: (request, context) => answer(app => app.ready(request, context)),
});

const ofSystem = (of: string | undefined) => [
  ...new Set(actions.filter(({ system }) => system === of).map(({ toolset }) => toolset)),
];
/** Toolsets of no vendor's: they go with those of any. */
const anyones = actions.filter(({ system, asks }) => !asks && !isVendors(system)).map(({ toolset }) => toolset);
/** Systems whose callers have routes of their own, each with a pattern of lists of its toolsets. */
const separate = vendors
  .filter(({ callersSignIn }) => sole === undefined && inCallerMode(callersSignIn, process.env))
  .map(({ system }) => {
    const own = ofSystem(system);
    return { system, lists: `(${own.join('|')})(,(${[...own, ...new Set(anyones)].join('|')}))*$` };
  });

registerMcp('mcp', 'mcp', sole);
for (const { system, lists } of separate) registerMcp(`mcp-${system}`, `mcp/x/{toolsets:regex(^${lists})}`, system);
// The platform takes the first route that fits, in an order of its own: so no path may fit two.
const others = separate.map(({ lists }) => `(?!${lists})`).join('');
registerMcp('mcpToolsets', `mcp/x/{toolsets${others && `:regex(^${others}.+$)`}}`, sole);

/** A Model Context Protocol endpoint, and the same without writes. */
function registerMcp(name: string, route: string, signIn: string | undefined): void {
  for (const readOnly of [false, true]) {
    app.http(readOnly ? `${name}Readonly` : name, {
      // The platform answers 404 to a method that is not registered, and MCP wants 405 for these.
      methods: ['POST', 'GET', 'DELETE'],
      authLevel: authLevelOf(signIn),
      route: readOnly ? `${route}/readonly` : route,
      handler: (request, context) =>
        answer(app => app.callMcp({ toolsets: request.params.toolsets, readOnly }, request, context, signIn)),
    });
  }
}
