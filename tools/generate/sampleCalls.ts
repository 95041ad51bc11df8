import { type Backend, createBackend } from '../../shared/action/backend.ts';
import type { Action } from '../../shared/action/defineAction.ts';
import { sandboxes } from '../sandbox/sandboxes.ts';

/** An action's own example, and what the sandbox answers to it. */
export interface SampleCall {
  input: Action['example'];
  answer: Record<string, unknown>;
}

/** A day that stays, so that the same actions always give the same samples. */
const SAMPLE_TIME = Date.UTC(2026, 10, 20, 9, 30);

/** Where the sandboxes' answers would come from in real life. */
const siteNames: Readonly<Record<string, string>> = {
  Jira: 'https://your-site.atlassian.net',
  Salesforce: 'https://your-org.my.salesforce.com',
};

/**
 * Calls an action with its example, on sandboxes of its own, so that no action sees what another one wrote.
 * @throws Error when the example does not succeed.
 */
export async function sampleCall(action: Action): Promise<SampleCall> {
  const started = await Promise.all(
    sandboxes.map(async ({ title, start }) => ({ title, ...(await start({ now: () => new Date(SAMPLE_TIME) })) })),
  );
  try {
    const settings = Object.assign({}, ...started.map(sandbox => sandbox.settings));
    const { invoke } = createBackend(settings, { now: () => SAMPLE_TIME });
    // Two items show what a list looks like.
    const input = action.paged ? { ...action.example, limit: 2 } : action.example;
    let body = await call(invoke, action, input);
    for (const { title, url } of started) body = body.replaceAll(url, siteNames[title] ?? 'https://example.com');
    return { input, answer: JSON.parse(body) };
  } finally {
    await Promise.all(started.map(sandbox => sandbox.close()));
  }
}

const silent = { info() {}, warn() {}, error() {} };

async function call(invoke: Backend['invoke'], action: Action, input: Action['example']): Promise<string> {
  const invocation = { headers: new Headers(), correlationId: 'sample', traceparent: '', log: silent };
  const outcome = await invoke(action, async () => input, invocation);
  if (outcome.ok) return outcome.body;
  throw new Error(`The example of ${action.name} fails in the sandbox. ${outcome.failure.message}`, {
    cause: outcome.failure.cause,
  });
}
