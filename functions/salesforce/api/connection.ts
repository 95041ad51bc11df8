import { PassThrough } from 'node:stream';
import { Connection } from 'jsforce/lib/connection.js';
import { StreamPromise } from 'jsforce/lib/util/promise.js';
import type { Call } from '../../../shared/call.ts';
import { Failure } from '../../../shared/failure.ts';
import { type KeptBy, seenBy } from '../../../shared/seenBy.ts';
import { CredentialsRefused } from '../../../shared/upstream/credentials.ts';
import type { ByteRange } from '../../../shared/upstream/filePart.ts';
import type { UpstreamAnswer } from '../../../shared/upstream/http.ts';
import { runsAsCaller, type SalesforceParts } from '../settings.ts';
import { type Allowed, allowed, type SalesforceRequest, type Send } from './allowed.ts';
import { answerFailure, mayBeVersion, saidBySalesforce, versionUnknown } from './answerFailure.ts';
import { type Currencies, openCurrencies } from './currencies.ts';
import { openDescriptions } from './descriptions.ts';
import type { openFiscalYears } from './fiscalYears.ts';
import { groupsOf } from './memberships.ts';
import { opennessOf } from './openness.ts';
import { longRecordId } from './recordId.ts';
import { sessionFailure } from './sessionFailure.ts';
import { callersSession, type Session, salesforceCredentials, usernameFor } from './signIn.ts';
import type { FiscalYears } from './summary/calendar.ts';
import type { openTimeZone, Zones } from './timeZone.ts';
import { openVersions } from './versions.ts';

/** jsforce's connection for one call, and the session that it used last. */
export interface CallConnection {
  connection: Connection;
  /** Bytes of a file. @throws Failure where Salesforce refuses */
  readFile(path: string, range: ByteRange): Promise<Uint8Array>;
  /** What of the org is open to the call; the connection's requests go through it, too. */
  allowed: Allowed;
  currencies: Currencies;
  /** The IDs of the queues and public groups that a user is in. One request, and more for groups in groups. */
  groupsOf(userId: string): Promise<string[]>;
  /** @throws Failure `internal` before the first request */
  session(): Session;
  /** Has a session, which may be one that is there. @throws Failure */
  signIn(): Promise<void>;
  /** The 18 characters of the org's ID. It costs a sign-in where there was none. @throws Failure */
  orgId(): Promise<string>;
  /** The IANA name of the time zone that decides what a day is. It costs a request where it is not cached. */
  zones: Zones;
  fiscalYears(): Promise<FiscalYears>;
}

interface TransportRequest {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: unknown;
}

/** Stands for the org until a session says where it lives. */
const ANYWHERE = 'https://org.invalid';

/** POST requests that change nothing: every composite request that is made here holds reads alone. */
const reads = /\/(parameterizedSearch|composite|analytics\/reports\/\w+)(?:\?|$)/;

/** The headers of jsforce's that are passed on; all others are ours to set. */
const passedOn = ['sforce-query-options', 'sforce-duplicate-rule-header', 'if-unmodified-since'];

/** What a composite answer says of a part of it when the session has ended; in a text, its quotes would be escaped. */
const partRefused = /"httpStatusCode"\s*:\s*401\b/;
const partEnded = /"(?:errorCode|statusCode)"\s*:\s*"INVALID_SESSION_ID"/;

/** A refusal that no other status says: behind some gateways it is a 403. */
const isEnded = ({ status, body }: UpstreamAnswer): boolean => status === 403 && partEnded.test(body);

/** Where some records of many were saved before the session ended, each of the others tells so itself. */
const isPartRefused = (path: string, body: string): boolean =>
  partRefused.test(body) ||
  (/\/composite\b/.test(path) && partEnded.test(body) && !/"success"\s*:\s*true\b/.test(body));

/**
 * jsforce puts ids and names into paths without encoding them. They are checked where they come in; this is the second
 * lock: no dot segments, nothing percent-encoded before the query.
 */
const cleanPath = /^\/services\/data\/v\d{2,3}\.0(\/[\w-]+)*(\?[^#\s]*)?$/;

/**
 * How much of the org's calls a day is used, such as `14/15000`.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_api_usage.htm
 */
function apiUsage(headers: Headers): Record<string, string> {
  const used = /(?<![\w-])api-usage=(\d+\/\d+)/.exec(headers.get('sforce-limit-info') ?? '')?.[1];
  return used ? { apiUsage: used } : {};
}

/** Makes jsforce's connection for one call: its requests, on our transport, with our credentials. */
export function salesforceConnections(parts: SalesforceParts): (call: Call) => CallConnection {
  const { settings, upstream } = parts;
  const credentials = salesforceCredentials(parts);
  const versions = openVersions(parts);
  const isCallers = runsAsCaller(settings);
  const kept: KeptBy = { seenBy: call => seenBy(call, { eachCaller: isCallers }), now: parts.now };

  const base = `/services/data/v${settings.SALESFORCE_API_VERSION}`;

  const sendFor =
    (call: Call, keep: (session: Session) => void): Send =>
    async ({ method, path, headers, body, range }) => {
      if (!cleanPath.test(path)) throw new Failure('internal', 'A request to Salesforce had a malformed path.');
      const passed = Object.fromEntries(
        Object.entries(headers ?? {}).filter(([name]) => passedOn.includes(name.toLowerCase())),
      );
      const attempt = async (granted: Session) => {
        keep(granted);
        const answer = await upstream.send(
          {
            method,
            url: granted.instanceUrl + path,
            headers: {
              authorization: `Bearer ${granted.value}`,
              accept: range ? '*/*' : 'application/json',
              ...(body !== undefined && { 'content-type': 'application/json' }),
              ...passed,
            },
            ...(body !== undefined && { body }),
            ...(range && { range }),
            safe: method === 'GET' || (method === 'POST' && reads.test(path)),
            address: 'SALESFORCE_LOGIN_URL',
            says: saidBySalesforce,
            reports: apiUsage,
          },
          call,
        );
        const failure = sessionFailure(answer, settings);
        if (failure) throw failure;
        if (answer.status === 401 || isPartRefused(path, answer.body) || isEnded(answer)) {
          throw new CredentialsRefused(`status ${answer.status}`);
        }
        if (thingAt(path) && mayBeVersion(answer) && !(await versions.isOffered(granted.instanceUrl, call)))
          throw versionUnknown('');
        return answer;
      };
      return credentials.authorized(call, attempt, usernameFor(call, settings));
    };

  /** Where callers sign in themselves, a session needs no request to be known. */
  const ownSession = (call: Call): Session | undefined =>
    settings.SALESFORCE_AUTH === 'caller' && call.bearer !== undefined
      ? callersSession(call.bearer, call, settings)
      : undefined;

  /** What is asked for several calls at once. */
  const sharedAsk =
    (settle: (send: Send, request: SalesforceRequest) => Promise<UpstreamAnswer>) => (call: Call, path: string) =>
      settle(
        sendFor(call, () => {}),
        { method: 'GET', path: base + path },
      );
  const descriptionsFor = openDescriptions(kept, sharedAsk(settled));
  const currenciesFor = openCurrencies(
    kept,
    sharedAsk((send, request) => send(request)),
  );
  const signedIn = (call: Call) => credentials.authorized(call, async granted => granted, usernameFor(call, settings));
  const orgIdFor = async (call: Call): Promise<string> => {
    const { orgId } = await signedIn(call);
    if (orgId) return longRecordId(orgId);
    throw new Failure(
      'upstream_error',
      'Salesforce did not tell at the sign-in which org it is, so nothing can be linked to it. Try again in a minute.',
    );
  };
  let zones: Promise<ReturnType<typeof openTimeZone>> | undefined;
  /** Few calls tell a time, so what finds the zone is loaded when one does. */
  const timeZoneFor = (call: Call) => {
    const find = async () => {
      zones ??= import('./timeZone.ts').then(module =>
        module.openTimeZone(parts, {
          ask: sharedAsk(settled),
          signedIn,
        }),
      );
      return (await zones)(call);
    };
    let found: Promise<string> | undefined;
    return {
      timeZone() {
        found ??= find().then(({ timeZone }) => timeZone());
        return found;
      },
      shown: async () => (await find()).shown(),
      ofSession: async () => (await find()).ofSession(),
    };
  };
  let years: Promise<ReturnType<typeof openFiscalYears>> | undefined;
  const fiscalYearsFor = (call: Call) => async () => {
    years ??= import('./fiscalYears.ts').then(module =>
      module.openFiscalYears(
        kept,
        sharedAsk((send, request) => send(request)),
      ),
    );
    return (await years)(call)();
  };

  return call => {
    let session = ownSession(call);
    const keep = (granted: Session) => {
      session = granted;
    };
    const open = allowed({
      ...descriptionsFor(call),
      openness: opennessOf(parts.rulesOf(call)),
      runsAsCaller: isCallers,
      send: sendFor(call, keep),
      async sendSoap(asked) {
        const { sendSoap } = await import('./sendSoap.ts');
        const attempt = (granted: Session) => {
          keep(granted);
          return sendSoap(asked, granted, { upstream, call, settings });
        };
        return credentials.authorized(call, attempt, usernameFor(call, settings));
      },
    });

    const request = ({ method, url, headers, body }: TransportRequest) => {
      if (!url.startsWith(ANYWHERE)) throw new Failure('internal', 'A request to Salesforce had a malformed address.');
      const path = url.slice(ANYWHERE.length);
      return settled(open.send, { method, path, headers, ...(typeof body === 'string' && { body }) });
    };

    const connection = new Connection({ instanceUrl: ANYWHERE, version: settings.SALESFORCE_API_VERSION });
    Object.assign(connection, {
      _transport: {
        httpRequest: (asked: TransportRequest) =>
          StreamPromise.create(() => ({
            stream: new PassThrough(),
            // Whatever the answer calls itself, JSON is all that is understood here.
            promise: request(asked).then(({ status, body }) => ({
              statusCode: status,
              headers: { 'content-type': 'application/json' },
              body,
            })),
          })),
      },
    });
    return {
      connection,
      async readFile(path, range) {
        const { part } = await settled(open.send, { method: 'GET', path: `${base}${path}`, range });
        if (part) return part.bytes;
        throw new Failure('upstream_error', 'Salesforce keeps this file elsewhere. Give the user its url.', {
          retryable: false,
        });
      },
      allowed: open,
      signIn: async () => void (await signedIn(call)),
      orgId: () => orgIdFor(call),
      zones: timeZoneFor(call),
      fiscalYears: fiscalYearsFor(call),
      currencies: currenciesFor(call),
      groupsOf: userId =>
        groupsOf(
          userId,
          call,
          parts.now(),
          sharedAsk((send, request) => send(request)),
        ),
      session() {
        if (session) return session;
        throw new Failure('internal', 'A link to Salesforce was made before the first request.');
      },
    };
  };
}

/** @throws Failure where Salesforce refuses */
async function settled(send: Send, request: SalesforceRequest): Promise<UpstreamAnswer> {
  const answer = await send(request);
  if (answer.status >= 400) throw answerFailure(answer, thingAt(request.path));
  if (!answer.part && /^\s*</.test(answer.body)) {
    throw new Failure(
      'upstream_error',
      'Salesforce answered with a page for people, as where people sign in or during maintenance. If it does so again in a minute, an administrator must check SALESFORCE_LOGIN_URL.',
    );
  }
  return answer;
}

/** Names what a path leads to: `…/sobjects/Account/001…` is "Account 001…"; undefined for a query and the like. */
function thingAt(path: string): string | undefined {
  const [, kind] = /\/analytics\/(report|dashboard)s\//.exec(path) ?? [];
  if (kind) return `such ${kind} in Salesforce`;
  const [, object, id] = /\/(?:sobjects|ui-api\/(?:object-info|layout))\/(\w+)(?:\/(\w+))?/.exec(path) ?? [];
  // What is posted is about a record, which the user may not see.
  if (/\/chatter\/feed-elements$/.test(path)) return 'such record in Salesforce';
  // A list that goes on is kept by Salesforce for a while.
  if (/\/query\/\w/.test(path)) return 'such list in Salesforce';
  if (!object) return undefined;
  return id && !/^(describe|picklist)/.test(id) ? `Salesforce ${object} ${id}` : `Salesforce object ${object}`;
}
