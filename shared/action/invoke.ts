import { auditEvent, type CallResult } from '../audit/auditEvent.ts';
import type { Audit } from '../audit/openAudit.ts';
import type { Call, Log, Usage } from '../call.ts';
import type { Caller, Credentials } from '../caller/caller.ts';
import { Failure } from '../failure.ts';
import type { OpenLedger } from '../ledger/openLedger.ts';
import { isRepeated } from '../repeated.ts';
import type { SecretStore } from '../secrets/secretStore.ts';
import type { OpenSigner } from '../secrets/signer.ts';
import type { Config } from '../settings/config.ts';
import type { Environment } from '../settings/setting.ts';
import type { UnknownSetting } from '../settings/unknownSettings.ts';
import { waitFor } from '../singleFlight.ts';
import { callTrace } from '../telemetry/callTrace.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { type Answer, pageAnswer, wholeAnswer } from './answer.ts';
import { callersClock } from './callersClock.ts';
import { type Action, facadeName } from './defineAction.ts';
import type { System } from './defineSystem.ts';
import type { Identify, Identity } from './identify.ts';
import { withImage } from './image.ts';
import { logCall } from './logCall.ts';
import { mayHaveChanged, writeAware } from './lostWrite.ts';
import { listName, type Page, type Position } from './page.ts';
import { type TokenBinding, writePageToken } from './pageToken.ts';
import { planOrCarryOut } from './planOrCarryOut.ts';
import { toFailure, withoutSecrets } from './problem.ts';
import { readCall } from './readCall.ts';
import { whyNotServed } from './served.ts';
import { type SiteInput, sitesOf, withSite } from './site.ts';
import type { Systems } from './systems.ts';
import { writeOnce } from './writeOnce.ts';

/** Who asks and how it is traced: what the HTTP and the MCP endpoint know of a request besides its input. */
export interface Invocation extends Credentials {
  correlationId: string;
  traceparent: string;
  /** The span that the call is a part of, of whoever called. */
  parentSpanId?: string | undefined;
  /** Whether it came over MCP. */
  isMcp?: boolean;
  log: Log;
  /** What in the request is a token, or was meant as one, wherever it stands: it is in nothing that is told. */
  presented: readonly string[];
}

export type Outcome = ({ ok: true } & Answer) | { ok: false; failure: Failure };

export type Invoke = (
  action: Action,
  /** Gives the raw input; it is only asked once the caller is known to be let in. */
  rawInput: () => Promise<Record<string, unknown>>,
  invocation: Invocation,
) => Promise<Outcome>;

export interface InvokeParts {
  config: Config;
  env: Environment;
  identify: Identify;
  secrets: SecretStore;
  systems: readonly System[];
  opened: Systems;
  unknownSettings: readonly UnknownSetting[];
  signer: OpenSigner;
  ledger(): Promise<OpenLedger>;
  audit: Audit;
  telemetry?: Telemetry | undefined;
  /** Whether the log tells the message of a bug. It can hold anything, so it is for a developer's own machine. */
  showMessages: boolean;
  now: () => number;
}

/** The pipeline that every call of an action goes through: who calls, may they, parse, deadline, run (a write once), trim, log. */
export function createInvoke(parts: InvokeParts): Invoke {
  const { config, env, identify, secrets, opened, now } = parts;
  const clock = callersClock(opened);

  /** What `run` may use, for a call that answers from this place of a list. */
  const contextOf = async ({ uses }: Action, call: Call, position: Position): Promise<object> => {
    const facades = await Promise.all(
      uses.map(async system => [facadeName(system.name), (await opened.open(system)).for(call)] as const),
    );
    const { signal, caller, log } = call;
    const { limit, cursor, answered, startedAt } = position;
    const page = { limit, cursor, isFirst: cursor === undefined && answered.prints.length === 0 };
    return { ...Object.fromEntries(facades), signal, caller, log, now: new Date(startedAt), page };
  };

  return async (declared, rawInput, invocation) => {
    const startedAt = now();
    const credentials = new Set(invocation.presented);
    const trace = parts.telemetry && callTrace(parts.telemetry, invocation, now);
    const usage: Usage = { requests: 0, retries: 0, writes: 0, credentials, reported: {} };
    const withoutCredentials = (text: string) => secrets.redact(text, usage.credentials);
    /** What is known of the call so far, for the audit and the log. */
    const known: { caller?: Caller; forget?: Identity['forget']; input?: object; result?: CallResult } = {};

    const run = async (): Promise<Answer> => {
      const first = await identify(invocation);
      known.caller = first.caller;
      first.permit.check(declared);
      refuseUnlessRestricted(declared, parts.unknownSettings);
      const unserved = whyNotServed(declared, invocation.signIn, env);
      if (unserved !== undefined) throw notServed(unserved);

      const settings = config.app.read();
      const timeLeft = (milliseconds: number) => AbortSignal.timeout(Math.max(0, startedAt + milliseconds - now()));
      const signal = timeLeft(settings.ACTION_TIMEOUT_MS);
      const signInSystem = parts.systems.find(({ name }) => name === invocation.signIn);
      const action = withSite(declared, sitesOf(signInSystem, config, env));
      /** An account is one of a site. */
      const identityAt = ({ site }: SiteInput) => (site === undefined ? first : identify(invocation, site));
      const binding = async (input: SiteInput): Promise<TokenBinding> => {
        const { caller, permit } = await identityAt(input);
        return {
          list: listName({ callerId: caller.id, scope: permit.scope, action: action.name, input }),
          signer: await parts.signer('page-token', signal),
        };
      };
      const { input, limit, repeat, position } = await readCall(
        action,
        await rawInput(),
        { startedAt, maxBytes: settings.MAX_RESPONSE_BYTES },
        binding,
      );
      known.input = input;
      const { site, ...own } = input as SiteInput;
      const { forget, ...identity } = await identityAt({ site });
      known.caller = identity.caller;
      known.forget = forget;
      const workMs =
        settings.ACTION_TIMEOUT_MS - (action.access === 'write' ? answerMs(settings.ACTION_TIMEOUT_MS) : 0);
      const call: Call = {
        ...invocation,
        action: action.name,
        startedAt,
        deadline: startedAt + workMs,
        signal: timeLeft(workMs),
        ...identity,
        ...(site !== undefined && { site }),
        usage,
        ...(trace && { trace }),
        maxRequests: action.requests,
      };
      const work = async (): Promise<object> => {
        const context = await contextOf(action, call, position);
        if (action.access === 'read') return action.run(own, context);
        const { ledger, store } = await parts.ledger();
        if (!action.planned)
          return writeOnce(action, { input, repeat, call, ledger, run: () => action.run(own, context) });
        const { output, refused } = await planOrCarryOut(action, action.planned, {
          input: own,
          context,
          call,
          ledger,
          store,
          now,
          redact: withoutCredentials,
        });
        if (!refused) return output;
        known.result = { output };
        throw refused;
      };
      const result = await waitFor(work(), signal);
      // What goes without a part that could not be had is no answer where who asked must sign in again.
      if (usage.signInRefused && usage.writes === 0) throw usage.signInRefused;
      known.result = { output: result };
      const maxBytes = settings.MAX_RESPONSE_BYTES;
      if (!action.paged) return wholeAnswer(await clock.whole(result, action, call), maxBytes, action.output);
      const next = async (to: Position) => writePageToken(to, await binding(input));
      const page = await clock.page(result as Page<object>, action, call);
      const answer = await pageAnswer(page, position, { limit, maxBytes, next, schema: action.output });
      return withImage(answer, page.image, maxBytes);
    };

    let outcome: Outcome;
    try {
      outcome = { ok: true, ...(await run()) };
    } catch (error) {
      const told = toFailure(error, invocation.correlationId);
      const refusal = told.code === 'unauthenticated' || usage.writes > 0 ? undefined : usage.signInRefused;
      const failure = writeAware(refusal ?? told, usage, titlesOf(declared));
      outcome = { ok: false, failure: withoutSecrets(failure, withoutCredentials) };
      known.result ??= { failure: outcome.failure, mayHaveChanged: mayHaveChanged(failure, usage) };
    }
    if (usage.signInRefused ?? (!outcome.ok && outcome.failure.code === 'unauthenticated')) known.forget?.();
    const { caller } = known;
    const { onBehalfOf } = usage;
    const at = { correlationId: invocation.correlationId, now: now() };
    const event = auditEvent({ action: declared, ...known, onBehalfOf, ...at });
    // Anybody can send a token that is none where no platform stands in front: the line of the call tells of it.
    if (event && (caller || invocation.signIn === undefined)) await parts.audit(event, invocation.log);
    logCall(declared, outcome, { durationMs: now() - startedAt, usage, caller }, invocation, parts);
    trace?.end({
      action: declared.name,
      system: declared.system,
      code: outcome.ok ? 'ok' : outcome.failure.code,
      caller: caller?.id ?? 'unknown',
      isRepeated: outcome.ok && isRepeated(outcome.output),
    });
    return outcome;
  };
}

/** The longest that is kept of a write's time to tell what came of it, in milliseconds. */
const ANSWER_MS = 250;

/** What came of a write is told in time even where the upstream is asked until the last moment. */
function answerMs(timeoutMs: number): number {
  return Math.min(ANSWER_MS, Math.round(timeoutMs / 10));
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

function notServed(reason: string): Failure {
  return new Failure(
    'misconfigured',
    `This action is off here: ${reason}. Say so to the user; trying again will not help.`,
  );
}

/** The systems that an action calls, for sentences. */
function titlesOf({ uses }: Action): string {
  return uses.map(({ title }) => title).join(' or ');
}
