import { type Backend, createBackend } from '../../shared/action/backend.ts';
import type { Action } from '../../shared/action/defineAction.ts';
import { sandboxes } from '../sandboxes.ts';

/** An action's own example, and what the sandbox answers to it. */
export interface SampleCall {
  input: Action['example'];
  answer: Record<string, unknown>;
}

/** A day that stays, so that the same actions always give the same samples. */
const SAMPLE_TIME = Date.UTC(2026, 10, 20, 9, 30);

/** Where a sandbox's answers would come from in real life. */
const siteNames: Readonly<Record<string, string>> = {
  jira: 'https://your-site.atlassian.net',
  salesforce: 'https://your-org.my.salesforce.com',
};

/**
 * Calls an action with its example, on a sandbox of its own, so that no action sees what another one wrote.
 * @throws Error when the example does not succeed.
 */
export async function sampleCall(action: Action): Promise<SampleCall> {
  const system = sandboxes.find(({ configuredBy }) => configuredBy.startsWith(`${action.system.toUpperCase()}_`));
  const sandbox = await system?.start({ now: () => new Date(SAMPLE_TIME) });
  try {
    const { invoke } = createBackend(sandbox?.settings ?? {}, { now: () => SAMPLE_TIME });
    // Two items show what a list looks like.
    const input = action.paged ? { ...action.example, limit: 2 } : action.example;
    const body = await call(invoke, action, input);
    const publicBody = sandbox ? body.replaceAll(sandbox.url, siteNames[action.system] ?? 'https://example.com') : body;
    return { input, answer: JSON.parse(publicBody) };
  } finally {
    await sandbox?.close();
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
