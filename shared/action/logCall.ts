import type { Usage } from '../call.ts';
import { agentOf, type Caller } from '../caller/caller.ts';
import { isRepeated } from '../repeated.ts';
import type { Action } from './defineAction.ts';
import { describeBug } from './describeBug.ts';
import type { Invocation, InvokeParts, Outcome } from './invoke.ts';

interface CallFigures {
  durationMs: number;
  usage: Usage;
  caller: Caller | undefined;
}

/** One line per call: never an input's value, never a secret. */
export function logCall(
  action: Action,
  outcome: Outcome,
  figures: CallFigures,
  { log }: Invocation,
  { secrets, showMessages }: Pick<InvokeParts, 'secrets' | 'showMessages'>,
): void {
  const { durationMs, usage, caller } = figures;
  const agent = caller && agentOf(caller);
  const line = {
    action: action.name,
    system: action.system,
    code: outcome.ok ? 'ok' : outcome.failure.code,
    durationMs: Math.round(durationMs),
    upstreamCalls: usage.requests,
    ...(usage.retries > 0 && { retries: usage.retries }),
    ...usage.reported,
    ...(outcome.ok && isRepeated(outcome.output) && { repeated: true }),
    bytes: outcome.ok ? Buffer.byteLength(outcome.body) : 0,
    caller: caller?.id ?? 'unknown',
    ...(agent && { agent }),
  };
  if (outcome.ok) {
    log.info('action', line);
    return;
  }
  const { code, cause } = outcome.failure;
  const isBug = code === 'internal';
  const because =
    cause === undefined ? {} : { cause: secrets.redact(describeCause(cause, isBug, showMessages), usage.credentials) };
  const level = code === 'internal' || code === 'misconfigured' || code === 'upstream_auth_failed' ? 'error' : 'warn';
  log[level]('action', { ...line, ...because });
}

/** A bug as it is described, or the codes along a chain of causes: an upstream's own message may repeat what it was sent. */
function describeCause(cause: unknown, isBug: boolean, showMessage: boolean): string {
  if (isBug) return describeBug(cause, showMessage);
  if (!(cause instanceof Error)) return typeof cause;
  const code = 'code' in cause && typeof cause.code === 'string' ? ` ${cause.code}` : '';
  const deeper = cause.cause === undefined ? '' : ` < ${describeCause(cause.cause, false, showMessage)}`;
  return `${cause.name}${code}${deeper}`;
}
