import { PassThrough } from 'node:stream';
import { Connection } from 'jsforce/lib/connection.js';
import { StreamPromise } from 'jsforce/lib/util/promise.js';
import type { Call } from '../../../shared/call.ts';
import { Failure } from '../../../shared/failure.ts';
import { CredentialsRefused } from '../../../shared/upstream/credentials.ts';
import type { UpstreamAnswer } from '../../../shared/upstream/http.ts';
import type { SalesforceParts } from '../settings.ts';
import { answerFailure } from './answerFailure.ts';
import { type Session, salesforceCredentials, usernameFor } from './signIn.ts';

/** jsforce's connection for one call, and the session that it used last. */
export interface CallConnection {
  connection: Connection;
  /** @throws Failure `internal` before the first request */
  session(): Session;
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
const reads = /\/(parameterizedSearch|composite)$/;

/** What a composite answer says of a part of it when the session has ended; in a text, its quotes would be escaped. */
const partRefused = /"httpStatusCode"\s*:\s*401\b/;

/**
 * jsforce puts ids and names into paths without encoding them. They are checked where they come in; this is the second
 * lock: no dot segments, nothing percent-encoded before the query.
 */
const cleanPath = /^\/services\/data\/v\d{2,3}\.0(\/[\w-]+)*(\?[^#\s]*)?$/;

/** Makes jsforce's connection for one call: its requests, on our transport, with our credentials. */
export function salesforceConnections(parts: SalesforceParts): (call: Call) => CallConnection {
  const { settings, upstream } = parts;
  const credentials = salesforceCredentials(parts);

  return call => {
    let session: Session | undefined;

    const send = async ({ method, url, headers, body }: TransportRequest): Promise<UpstreamAnswer> => {
      const path = url.slice(ANYWHERE.length);
      if (!url.startsWith(ANYWHERE) || !cleanPath.test(path)) {
        throw new Failure('internal', 'A request to Salesforce had a malformed path.');
      }
      // All other headers of jsforce's are ours to set.
      const queryOptions = headers?.['sforce-query-options'];
      const attempt = async (granted: Session) => {
        session = granted;
        const answer = await upstream.send(
          {
            method,
            url: granted.instanceUrl + path,
            headers: {
              authorization: `Bearer ${granted.value}`,
              accept: 'application/json',
              ...(typeof body === 'string' && { 'content-type': 'application/json' }),
              ...(queryOptions && { 'sforce-query-options': queryOptions }),
            },
            ...(typeof body === 'string' && { body }),
            safe: method === 'GET' || (method === 'POST' && reads.test(path)),
          },
          call,
        );
        if (answer.status === 401 || partRefused.test(answer.body)) {
          throw new CredentialsRefused(`status ${answer.status}`);
        }
        return answer;
      };
      const answer = await credentials.authorized(call, attempt, usernameFor(call, settings));
      const used = /(?<![\w-])api-usage=(\d+\/\d+)/.exec(answer.headers.get('sforce-limit-info') ?? '')?.[1];
      if (used) call.usage.reported.apiUsage = used;
      if (answer.status >= 400) throw answerFailure(answer, thingAt(path));
      return answer;
    };

    const connection = new Connection({ instanceUrl: ANYWHERE, version: settings.SALESFORCE_API_VERSION });
    Object.assign(connection, {
      _transport: {
        httpRequest: (request: TransportRequest) =>
          StreamPromise.create(() => ({
            stream: new PassThrough(),
            // Whatever the answer calls itself, JSON is all that is understood here.
            promise: send(request).then(({ status, body }) => ({
              statusCode: status,
              headers: { 'content-type': 'application/json' },
              body,
            })),
          })),
      },
    });
    return {
      connection,
      session() {
        if (session) return session;
        throw new Failure('internal', 'A link to Salesforce was made before the first request.');
      },
    };
  };
}

/** Names what a path leads to: `…/sobjects/Account/001…` is "Account 001…". */
function thingAt(path: string): string {
  const [, object, id] = /\/sobjects\/(\w+)(?:\/(\w+))?/.exec(path) ?? [];
  if (!object) return 'such thing in Salesforce';
  return id && id !== 'describe' ? `Salesforce ${object} ${id}` : `Salesforce object ${object}`;
}
