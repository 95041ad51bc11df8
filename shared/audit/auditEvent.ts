import * as z from 'zod';
import type { Action } from '../action/defineAction.ts';
import { agentOf, type Caller } from '../caller/caller.ts';
import type { Failure } from '../failure.ts';
import { type ItemOutcome, itemOutcome } from '../plan/itemOutcome.ts';
import { isRepeated } from '../repeated.ts';
import { meaningOf } from '../schema/meaning.ts';

/** What is kept of a write, or of a call that was refused. It holds keys and IDs, and nothing that a text or a record holds. */
export interface AuditEvent {
  /** ISO 8601, in UTC. */
  time: string;
  /** As far as it was verified; `unknown` for a sign-in that was refused. */
  caller: { kind: Caller['kind'] | 'unknown'; id: string; userName?: string };
  /** Which agent: the client ID of the application, or the beginning of the function key's SHA-256. */
  agent?: string;
  /** The accounts whose rights bounded it where a service's account was used, such as `jira/5b10ac8d82e05b22cc7d4ef5`. */
  onBehalfOf?: readonly string[];
  action: string;
  /** The name of the system that the action belongs to. */
  system: string;
  /** What was touched: the keys and IDs that the call was given and that it answered with; of many, those that were reached. */
  touched: readonly string[];
  /** `repeated`: nothing was done, an earlier call had done it. `unknown`: it may or may not have been done. */
  outcome: 'done' | 'repeated' | 'refused' | 'failed' | 'unknown';
  /** The failure's code. */
  code?: string;
  correlationId: string;
}

/** What a call gave, before anything was left out for size; or how it failed. */
export type CallResult = { output: object } | { failure: Failure; mayHaveChanged: boolean };

interface AuditedCall {
  action: Action;
  caller?: Caller;
  /** The input as it was parsed; undefined where the call did not get so far. */
  input?: object;
  result?: CallResult;
  /** By system, the account on whose behalf it was called. */
  onBehalfOf?: Readonly<Record<string, string>> | undefined;
  correlationId: string;
  now: number;
}

/** The event of a call; undefined for one that leaves no trace: a read that was not refused, or a plan that was made. */
export function auditEvent(audited: AuditedCall): AuditEvent | undefined {
  const { action, caller, input, result, onBehalfOf = {}, correlationId, now } = audited;
  if (!result) return undefined;
  const failure = 'failure' in result ? result.failure : undefined;
  const isRefused = failure?.code === 'unauthenticated' || failure?.code === 'forbidden';
  if (action.access === 'read' && !isRefused) return undefined;
  const items = 'output' in result && action.planned ? plannedOutput.parse(result.output).items : undefined;
  if (items && !(input && 'confirmationToken' in input && input.confirmationToken)) return undefined;
  const { kind = 'unknown', id = 'unknown', userName } = caller ?? {};
  const accounts = Object.entries(onBehalfOf).map(([system, account]) => `${system}/${account}`);
  const agent = caller && agentOf(caller);
  return {
    time: new Date(now).toISOString(),
    caller: { kind, id, ...(userName && { userName }) },
    ...(agent && { agent }),
    ...(accounts.length > 0 && { onBehalfOf: accounts }),
    action: action.name,
    system: action.system,
    touched: [
      ...new Set([
        ...identifiersIn(input, action.input.shape),
        ...('output' in result ? identifiersIn(result.output, action.output.shape) : []),
        ...(items ?? []).filter(isReached).map(({ key }) => key),
      ]),
    ],
    outcome:
      items && !('output' in result && isRepeated(result.output)) ? outcomeOfMany(items) : outcomeOf(result, isRefused),
    ...(failure && { code: failure.code }),
    correlationId,
  };
}

function outcomeOf(result: CallResult, isRefused: boolean): AuditEvent['outcome'] {
  if ('output' in result) return isRepeated(result.output) ? 'repeated' : 'done';
  if (result.mayHaveChanged) return 'unknown';
  return isRefused ? 'refused' : 'failed';
}

const plannedOutput = z.object({ items: z.array(itemOutcome) });

function isReached({ outcome, partly }: ItemOutcome): boolean {
  return outcome === 'done' || outcome === 'unknown' || partly === true;
}

/** Of one that nobody knows the outcome of, nobody may believe that it was not done. */
function outcomeOfMany(items: readonly ItemOutcome[]): AuditEvent['outcome'] {
  if (items.some(({ outcome }) => outcome === 'unknown')) return 'unknown';
  return items.some(isReached) ? 'done' : 'failed';
}

/** The values of the fields that are declared to name or to identify a thing. */
/** Keys and IDs. What is called by a name of its own, such as a version, is not told by it: a name may say anything. */
function identifiersIn(values: object | undefined, shape: Action['input']['shape']): string[] {
  return Object.entries(values ?? {}).flatMap(([name, value]) => {
    const schema = shape[name];
    const { names, identifier } = schema ? meaningOf(schema) : {};
    return typeof value === 'string' && /^[\w-]+$/.test(value) && (names || identifier) ? [value] : [];
  });
}
