import { auditEvent } from '../audit/auditEvent.ts';
import type { Audit } from '../audit/openAudit.ts';
import type { Call, Log, Usage } from '../call.ts';
import type { Caller, Credentials } from '../caller/caller.ts';
import { Failure, invalidInput, lostWrite } from '../failure.ts';
import { idempotencyKey } from '../ledger/idempotencyKey.ts';
import type { LedgerOutcome } from '../ledger/ledger.ts';
import type { OpenLedger } from '../ledger/openLedger.ts';
import { carryOut } from '../plan/carryOut.ts';
import { createPlans } from '../plan/plans.ts';
import type { Permit } from '../policy/policy.ts';
import type { SecretStore } from '../secrets/secretStore.ts';
import type { OpenSigner } from '../secrets/signer.ts';
import type { Config } from '../settings/config.ts';
import type { UnknownSetting } from '../settings/unknownSettings.ts';
import { waitFor } from '../singleFlight.ts';
import { type Answer, pageAnswer, wholeAnswer } from './answer.ts';
import { type Action, facadeName, type PlannedWork } from './defineAction.ts';
import { describeBug } from './describeBug.ts';
import { readInput } from './input.ts';
import { listName, type Page, type Position, readPageToken, type TokenBinding, writePageToken } from './page.ts';
import { toFailure } from './problem.ts';
import type { Systems } from './systems.ts';

/** Who asks and how it is traced: what the HTTP and the MCP endpoint know of a request besides its input. */
export interface Invocation extends Credentials {
  correlationId: string;
  traceparent: string;
  log: Log;
}

export type Outcome = ({ ok: true } & Answer) | { ok: false; failure: Failure };

export type Invoke = (
  action: Action,
  /** Gives the raw input; it is only asked once the caller is known to be let in. */
  rawInput: () => Promise<Record<string, unknown>>,
  invocation: Invocation,
) => Promise<Outcome>;

/**
 * Who calls, and what they may do.
 * @throws Failure `unauthenticated`, `forbidden`, or `misconfigured`
 */
export type Identify = (credentials: Credentials) => { caller: Caller; permit: Permit };

export interface InvokeParts {
  config: Config;
  identify: Identify;
  secrets: SecretStore;
  systems: Systems;
  unknownSettings: readonly UnknownSetting[];
  signer: OpenSigner;
  ledger(): Promise<OpenLedger>;
  audit: Audit;
  /** Whether the log tells the message of a bug. It can hold anything, so it is for a developer's own machine. */
  showMessages: boolean;
  now: () => number;
}

/** The pipeline that every call of an action goes through: who calls, may they, parse, deadline, run (a write once), trim, log. */
export function createInvoke(parts: InvokeParts): Invoke {
  const { config, identify, secrets, systems, ledger, now } = parts;
  return async (action, rawInput, invocation) => {
    const startedAt = now();
    const usage: Usage = { requests: 0, writes: 0, reported: {} };
    let caller: Caller | undefined;
    let parsed: object | undefined;

    const run = async (): Promise<Answer> => {
      const settings = config.app.read();
      const identity = identify(invocation);
      caller = identity.caller;
      identity.permit.check(action);
      refuseUnlessRestricted(action, parts.unknownSettings);
      const signal = AbortSignal.timeout(settings.ACTION_TIMEOUT_MS);
      const binding = async (input: object): Promise<TokenBinding> => ({
        list: listName({
          callerId: identity.caller.id,
          scope: identity.permit.scope,
          action: action.name,
          input,
        }),
        signer: await parts.signer('page-token', signal),
      });
      const { input, limit, repeat, position } = await readCall(action, await rawInput(), startedAt, binding);
      parsed = input;
      const call: Call = {
        ...invocation,
        startedAt,
        deadline: startedAt + settings.ACTION_TIMEOUT_MS,
        signal,
        ...identity,
        usage,
      };
      const work = () => perform(action, input, position, call);
      const result = await waitFor(
        action.planned
          ? planOrCarryOut(action, action.planned, input, call)
          : action.access === 'write'
            ? once(action, input, repeat, call, work)
            : work(),
        signal,
      );
      const maxBytes = settings.MAX_RESPONSE_BYTES;
      if (!action.paged) return wholeAnswer(result, maxBytes, action.output);
      const next = async (to: Position) => writePageToken(to, await binding(input));
      return pageAnswer(result as Page<object>, position, { limit, maxBytes, next, schema: action.output });
    };

    const contextOf = async (action: Action, call: Call, startedAt: number): Promise<object> => {
      const facades = await Promise.all(
        action.uses.map(async system => [facadeName(system.name), (await systems.open(system)).for(call)] as const),
      );
      const { signal, caller, log } = call;
      return { ...Object.fromEntries(facades), signal, caller, log, now: new Date(startedAt) };
    };

    const perform = async (action: Action, input: object, position: Position, call: Call): Promise<object> =>
      action.run(input, {
        ...(await contextOf(action, call, position.startedAt)),
        page: {
          limit: position.limit,
          cursor: position.cursor,
          isFirst: position.cursor === undefined && position.answered.length === 0,
        },
      });

    const isUnknown = (error: unknown) => mayHaveChanged(toFailure(error, invocation.correlationId), usage);

    /** Without a token: what would be done. With one: does it, each item once. */
    const planOrCarryOut = async (
      action: Action,
      planned: PlannedWork,
      input: { confirmationToken?: string },
      call: Call,
    ): Promise<object> => {
      const { ledger: writes, store } = await ledger();
      const plans = createPlans(store);
      const owner = { action: action.name, callerId: call.caller.id };
      const context = await contextOf(action, call, call.startedAt);
      if (input.confirmationToken === undefined) {
        const { summary, items } = await planned.plan(input, context);
        const confirmationToken = await plans.keep({ action: action.name, items }, owner.callerId);
        return {
          summary,
          confirmationToken,
          items: items.map(({ key, what }) => ({ key, outcome: 'planned', message: what })),
        };
      }
      const { items } = await plans.take(input.confirmationToken, owner);
      let writesBefore = 0;
      // An item's failure leaves doubt for what was sent for that item alone.
      const leavesItemInDoubt = (error: unknown) =>
        mayHaveChanged(toFailure(error, invocation.correlationId), { ...usage, writes: usage.writes - writesBefore });
      const outcomes = await carryOut(items, {
        versionOf: item => planned.versionOf(item, context),
        async perform(item) {
          writesBefore = usage.writes;
          await writes.once({
            key: idempotencyKey(call.caller.id, action.name, item),
            isRemembered: action.effect === 'adds',
            isIdempotent: action.idempotent,
            repeat: false,
            call,
            run: async () => {
              await planned.perform(item, context);
              return {};
            },
            isUnknown: leavesItemInDoubt,
          });
        },
        isUnknown: leavesItemInDoubt,
        timeLeft: () => call.deadline - now(),
      });
      const done = outcomes.filter(({ outcome }) => outcome === 'done').length;
      return { summary: `${done} of ${outcomes.length} done.`, items: outcomes };
    };

    const once = async (
      action: Action,
      input: object,
      repeat: boolean,
      call: Call,
      work: () => Promise<object>,
    ): Promise<object> => {
      const outcome = await (await ledger()).ledger.once({
        key: idempotencyKey(call.caller.id, action.name, input),
        isRemembered: action.effect === 'adds',
        isIdempotent: action.idempotent,
        repeat,
        call,
        run: work,
        isUnknown,
      });
      return answered(outcome, call.caller, action);
    };

    let outcome: Outcome;
    let leavesDoubt = false;
    try {
      outcome = { ok: true, ...(await run()) };
    } catch (error) {
      const failure = writeAware(toFailure(error, invocation.correlationId), usage, titlesOf(action));
      outcome = { ok: false, failure: withoutSecrets(failure, secrets) };
      leavesDoubt = mayHaveChanged(failure, usage);
    }
    const event = auditEvent({
      action,
      caller,
      input: parsed,
      result: outcome.ok ? outcome : { failure: outcome.failure, mayHaveChanged: leavesDoubt },
      correlationId: invocation.correlationId,
      now: now(),
    });
    if (event) await parts.audit(event, invocation.log);
    logCall(action, outcome, { durationMs: now() - startedAt, usage, caller }, invocation, parts);
    return outcome;
  };
}

/**
 * A misspelt setting that was to close this action must not leave it open.
 * @throws Failure `misconfigured`
 */
function refuseUnlessRestricted({ access, uses }: Action, unknown: readonly UnknownSetting[]): void {
  const stops = ({ restricts }: UnknownSetting) =>
    restricts?.what === 'everything' ||
    (restricts?.what === 'writes' && access === 'write') ||
    (restricts?.what === 'system' && uses.some(({ name }) => name === restricts.system));
  const messages = unknown.filter(stops).map(({ message }) => message);
  if (messages.length === 0) return;
  throw new Failure(
    'misconfigured',
    `${messages.join(' ')} It would restrict this action, so the action is stopped until an administrator corrects the name or removes it.`,
  );
}

/** What a write gave; what an earlier call gave says so first. */
function answered({ output, repeatedAfterMs }: LedgerOutcome, caller: Caller, { effect }: Action): object {
  if (repeatedAfterMs === undefined) return output;
  const seconds = Math.max(1, Math.round(repeatedAfterMs / 1000));
  const who = caller.kind === 'key' ? 'somebody with the same function key' : 'the same caller';
  const again = effect === 'adds' ? ' To do it once more on purpose, make the same call with repeat: true.' : '';
  const note = `Nothing was done this time: ${who} made the same call ${seconds} ${seconds === 1 ? 'second' : 'seconds'} ago, and this is what it did.${again}`;
  const earlier = 'note' in output && typeof output.note === 'string' ? ` ${output.note}` : '';
  // The note comes first, where a model reads it before the rest.
  const { note: _, ...rest } = output as { note?: string };
  return { note: note + earlier, ...rest, deduplicated: true };
}

/** The systems that an action calls, for sentences. */
function titlesOf({ uses }: Action): string {
  return uses.map(({ title }) => title).join(' or ');
}

/** A planned action takes its inputs, or the token of a plan and nothing else. */
function schemaFor({ input, planned }: Action, raw: Record<string, unknown>): Action['input'] {
  if (!planned) return input;
  const { confirmationToken, ...others } = raw;
  if (!confirmationToken) return planned.input;
  const misplaced = Object.keys(others).filter(field => others[field] !== '' && others[field] !== null);
  if (misplaced.length === 0) return input;
  const message = 'Leave it out: with confirmationToken, what was planned is done, whatever else is given.';
  throw invalidInput(misplaced.map(field => ({ field, message })));
}

/** The inputs that the pipeline takes itself. */
interface PipelineInput {
  limit?: number;
  pageToken?: string;
  repeat?: boolean;
}

/** Parses an action's input and, for a list, where in it the answer starts. */
async function readCall(
  action: Action,
  raw: Record<string, unknown>,
  startedAt: number,
  binding: (input: object) => Promise<TokenBinding>,
) {
  const { limit = 0, pageToken, repeat = false, ...input } = readInput(schemaFor(action, raw), raw) as PipelineInput;
  if (!pageToken) return { input, limit, repeat, position: firstPage(limit, startedAt) };
  const position = readPageToken(pageToken, await binding(input), startedAt);
  // Half a page was answered: the rest is found by asking for that very page again. A new page may be of any size.
  return { input, limit, repeat, position: position.answered.length > 0 ? position : { ...position, limit } };
}

function firstPage(limit: number, startedAt: number): Position {
  return { cursor: undefined, answered: [], limit, startedAt };
}

/** With a write under way, no answer or one that cannot be read means that nobody knows whether it was made. */
function writeAware(failure: Failure, usage: Usage, title: string): Failure {
  return failure.retryable && mayHaveChanged(failure, usage) ? lostWrite(title, failure.cause) : failure;
}

/** Whether something was changed all the same, or nobody knows. */
function mayHaveChanged({ code, halfDone }: Failure, { writes }: Usage): boolean {
  return halfDone || (writes > 0 && ['upstream_timeout', 'upstream_error', 'internal'].includes(code));
}

/** An upstream's own sentence may repeat what it was sent. */
function withoutSecrets(failure: Failure, { redact }: SecretStore): Failure {
  const { code, retryable, retryAfterSeconds, errors, cause } = failure;
  const message = redact(failure.message);
  if (message === failure.message) return failure;
  return new Failure(code, message, {
    retryable,
    cause,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    ...(errors && { errors: errors.map(error => ({ ...error, message: redact(error.message) })) }),
  });
}

interface CallFigures {
  durationMs: number;
  usage: Usage;
  caller: Caller | undefined;
}

/** One line per call: never an input's value, never a secret. */
function logCall(
  action: Action,
  outcome: Outcome,
  figures: CallFigures,
  { log }: Invocation,
  { secrets, showMessages }: Pick<InvokeParts, 'secrets' | 'showMessages'>,
): void {
  const line = {
    action: action.name,
    code: outcome.ok ? 'ok' : outcome.failure.code,
    durationMs: Math.round(figures.durationMs),
    upstreamCalls: figures.usage.requests,
    ...figures.usage.reported,
    bytes: outcome.ok ? Buffer.byteLength(outcome.body) : 0,
    caller: figures.caller?.id ?? 'unknown',
  };
  if (outcome.ok) {
    log.info('action', line);
    return;
  }
  const { code, cause } = outcome.failure;
  const isBug = code === 'internal';
  const because = cause === undefined ? {} : { cause: secrets.redact(describeCause(cause, isBug, showMessages)) };
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
