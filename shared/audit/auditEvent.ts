import type { Action } from '../action/defineAction.ts';
import type { Caller } from '../caller/caller.ts';
import type { Failure } from '../failure.ts';
import { meaningOf } from '../schema/meaning.ts';

/** What is kept of a write, or of a call that was refused. It holds keys and IDs, and nothing that a text or a record holds. */
export interface AuditEvent {
  /** ISO 8601, in UTC. */
  time: string;
  /** As far as it was verified; `unknown` for a sign-in that was refused. */
  caller: { kind: Caller['kind'] | 'unknown'; id: string; userName?: string };
  /** Which agent: the client ID of the application, or the beginning of the function key's SHA-256. */
  agent?: string;
  action: string;
  /** What was touched: the keys and IDs that the call was given and that it answered with. */
  touched: readonly string[];
  /** `repeated`: nothing was done, an earlier call had done it. `unknown`: it may or may not have been done. */
  outcome: 'done' | 'repeated' | 'refused' | 'failed' | 'unknown';
  /** The failure's code. */
  code?: string;
  correlationId: string;
}

interface AuditedCall {
  action: Action;
  caller: Caller | undefined;
  /** The input as it was parsed; undefined where the call did not get so far. */
  input: object | undefined;
  result: { output: Record<string, unknown> } | { failure: Failure; mayHaveChanged: boolean };
  correlationId: string;
  now: number;
}

/** The event of a call; undefined for one that leaves no trace: a read that was not refused. */
export function auditEvent({ action, caller, input, result, correlationId, now }: AuditedCall): AuditEvent | undefined {
  const failure = 'failure' in result ? result.failure : undefined;
  const isRefused = failure?.code === 'unauthenticated' || failure?.code === 'forbidden';
  if (action.access === 'read' && !isRefused) return undefined;
  const { kind = 'unknown', id = 'unknown', userName, application, keyHash } = caller ?? {};
  const agent = application ?? keyHash?.slice(0, 16);
  return {
    time: new Date(now).toISOString(),
    caller: { kind, id, ...(userName && { userName }) },
    ...(agent && { agent }),
    action: action.name,
    touched: [
      ...new Set([
        ...identifiersIn(input, action.input.shape),
        ...('output' in result ? identifiersIn(result.output, action.output.shape) : []),
      ]),
    ],
    outcome: outcomeOf(result, isRefused),
    ...(failure && { code: failure.code }),
    correlationId,
  };
}

function outcomeOf(result: AuditedCall['result'], isRefused: boolean): AuditEvent['outcome'] {
  if ('output' in result) return result.output.deduplicated === true ? 'repeated' : 'done';
  if (result.mayHaveChanged) return 'unknown';
  return isRefused ? 'refused' : 'failed';
}

/** The values of the fields that are declared to name or to identify a thing. */
function identifiersIn(values: object | undefined, shape: Action['input']['shape']): string[] {
  return Object.entries(values ?? {}).flatMap(([name, value]) => {
    const schema = shape[name];
    const { names, identifier } = schema ? meaningOf(schema) : {};
    return typeof value === 'string' && value !== '' && (names || identifier) ? [value] : [];
  });
}
