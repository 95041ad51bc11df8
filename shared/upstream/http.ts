import type { Call } from '../call.ts';
import { Failure, lostWrite } from '../failure.ts';
import type { RequestTrace } from '../telemetry/callTrace.ts';
import { connectionFailure, late, UpstreamStatus, unreachable } from './failures.ts';
import { type ByteRange, type FilePart, rangeHeaders, readFilePart } from './filePart.ts';
import { retryAfter } from './retryAfter.ts';

export interface UpstreamRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  /** A form is sent as `multipart/form-data`. */
  body?: string | FormData;
  /** What of it must never be told, besides its authorization. */
  credentials?: readonly string[];
  /** True when it changes nothing, so that it may be sent again. */
  safe: boolean;
  /** The bytes of a file that are wanted. Its answer then has `part`, or redirects elsewhere, which is not followed. */
  range?: ByteRange;
  /** The setting that the address comes from, for whoever must correct it. */
  address?: string | undefined;
  /** Whether an answer of status 500 is the upstream's own refusal, as a SOAP fault is: it is answered as one below 500. */
  isRefusal?: (body: string) => boolean;
  /** What the upstream says in the body of an answer that failed, in its own sentences. */
  says?: (body: string) => string;
  /** What the upstream says of its own limits in the headers of any answer, by its name in the call's log line. */
  reports?: (headers: Headers) => Record<string, string>;
}

/** Any answer below 300, or from 400 on below 500 except 408, 425 and 429, or a refusal of 500: the caller says what it means. */
export interface UpstreamAnswer {
  status: number;
  headers: Headers;
  body: string;
  /** What is there of the range that was asked for. */
  part?: FilePart;
}

interface Sending {
  title: string;
  fetch: typeof fetch;
  now: () => number;
  signal: AbortSignal;
  call: Call;
  redact: Redact;
  trace?: RequestTrace | undefined;
}

/** Takes secrets, and these credentials, out of a text. */
export type Redact = (text: string, credentials: Iterable<string>) => string;

/** How long a host may take to show that it is there. */
const PING_MS = 2_000;

/** Whether the host answers a request for nothing in particular, without credentials; what it says to it does not matter. */
export async function answersPing(host: URL, fetch: typeof globalThis.fetch): Promise<boolean> {
  try {
    const { status } = await fetch(new URL('/', host), {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(PING_MS),
    });
    return status < 500;
  } catch {
    return false;
  }
}

/** Larger answers than this are not read to keep their connection: it is cheaper to open another. */
const MAX_OPENING_BYTES = 256 * 1024;

/**
 * Opens a connection that the next request takes up, by a request for nothing in particular without credentials: `fetch` can open
 * one in no other way. It is OPTIONS because Node's `fetch` closes the connection of a HEAD. Whatever is answered, and that
 * nothing is, does not matter.
 */
export async function openConnection(host: URL, fetch: typeof globalThis.fetch): Promise<void> {
  const ending = new AbortController();
  const signal = AbortSignal.any([ending.signal, AbortSignal.timeout(PING_MS)]);
  try {
    const { body } = await fetch(new URL('/', host), { method: 'OPTIONS', redirect: 'manual', signal });
    let left = MAX_OPENING_BYTES;
    // A connection is free for the next request when its answer was read to the end.
    for await (const { byteLength } of body ?? []) {
      left -= byteLength;
      if (left < 0) ending.abort();
    }
  } catch {}
}

/** An error that is longer is a page for people, and tells nothing. */
const MAX_ERROR_CHARACTERS = 32 * 1024;
const MAX_BODY_BYTES = 20 * 1024 * 1024;
const decoder = new TextDecoder();

/** Sends a request and reads its whole answer. @throws Failure for an answer, and a connection, that failed */
export async function sendOnce(request: UpstreamRequest, sending: Sending): Promise<UpstreamAnswer> {
  const { title, fetch, now, signal, call, redact, trace } = sending;
  const credentials = credentialsOf(request);
  for (const credential of credentials) call.usage.credentials.add(credential);
  const answer = await exchange(request, { title, fetch, signal, call, trace });
  Object.assign(call.usage.reported, request.reports?.(answer.headers));
  if (request.range && answer.status >= 300 && answer.status < 400) return answer;
  if (answer.status < 300) return answer;
  // An upstream, or a proxy before it, may say what it was sent; what is cut from it later must not be half a secret.
  const isReadable = answer.body.length <= MAX_ERROR_CHARACTERS;
  const refused = { ...answer, body: isReadable ? redact(answer.body, credentials) : '' };
  if (refused.status === 500 && request.isRefusal?.(refused.body)) return refused;
  const failure = statusFailure(refused, { title, request, now: now() });
  if (failure) throw failure;
  return refused;
}

/** `Basic dXNlcjpwYXNzd29yZA==` is a scheme and a credential. */
function credentialsOf({ headers, credentials = [] }: UpstreamRequest): readonly string[] {
  const { authorization = '' } = headers;
  const credential = authorization.slice(authorization.indexOf(' ') + 1);
  return credential ? [...credentials, credential] : credentials;
}

async function exchange(
  { method, url, headers, body, safe, range, address }: UpstreamRequest,
  { title, fetch, signal, call, trace }: Omit<Sending, 'now' | 'redact'>,
): Promise<UpstreamAnswer> {
  trace?.sends(method);
  try {
    const response = await fetch(url, {
      method,
      headers: {
        ...headers,
        ...(range && rangeHeaders(range)),
        traceparent: trace?.traceparent ?? call.traceparent,
        'x-correlation-id': call.correlationId,
      },
      // A redirect would carry our credentials elsewhere; no API that is called here answers with one.
      redirect: 'manual',
      signal,
      ...(body !== undefined && { body }),
    });
    const { status, headers: answered, body: stream } = response;
    trace?.answered(status);
    if (range && (status === 200 || status === 206)) {
      const file = { status, header: (name: string) => answered.get(name), body: stream };
      return { status, headers: answered, body: '', part: await readFilePart(file, range, title) };
    }
    return { status, headers: answered, body: await readWhole(response, title) };
  } catch (cause) {
    throw cause instanceof Failure || signal.aborted ? cause : connectionFailure(title, { safe, cause, address });
  }
}

async function readWhole(response: Response, title: string): Promise<string> {
  if (!response.body) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) {
      throw new Failure(
        'upstream_error',
        `${title} answered with more than this service takes. Ask for less, with a smaller limit or a shorter time.`,
        { retryable: false },
      );
    }
    chunks.push(chunk);
  }
  return decoder.decode(Buffer.concat(chunks));
}

function statusFailure(
  { status, headers, body }: UpstreamAnswer,
  { title, request, now }: { title: string; request: UpstreamRequest; now: number },
): Failure | undefined {
  const { safe, address, says } = request;
  const seconds = retryAfter(headers, now);
  const after = seconds === undefined ? {} : { retryAfterSeconds: seconds };
  if (status === 429) {
    return new Failure(
      'rate_limited',
      `${title} limits how often it is called. Try again ${inSeconds(seconds)}.`,
      after,
    );
  }
  if (status === 408) return safe ? late(title) : lostWrite(title);
  if (status === 425) return unreachable(title);
  if (status >= 500) {
    const cause = new UpstreamStatus(status);
    const said = says?.(body);
    const because = said ? ` ${title} says: ${said}` : '';
    return safe
      ? new Failure(
          'upstream_error',
          `${title} failed (status ${status}). Try again ${inSeconds(seconds)}.${because}`,
          {
            ...after,
            cause,
          },
        )
      : new Failure(
          'upstream_error',
          `${title} failed (status ${status}). Check whether the change was made before you try it again.${because}`,
          { retryable: false, cause },
        );
  }
  if (status >= 300 && status < 400) {
    const to = leadsToSignIn(headers) ? 'to a page where people sign in' : 'elsewhere';
    return new Failure(
      'upstream_error',
      `${title} redirects ${to} (status ${status}): its address in ${address ?? "this service's settings"} is not the right one. An administrator must correct it.`,
      { retryable: false },
    );
  }
  return undefined;
}

/** Where a redirect leads is never told, because it may hold what was asked for. */
function leadsToSignIn(headers: Headers): boolean {
  const [place = ''] = (headers.get('location') ?? '').split('?');
  return /log-?in|sign-?in|\bsso\b|saml|oauth|authorize|id\.atlassian\.com/i.test(place);
}

function inSeconds(seconds: number | undefined): string {
  if (seconds === undefined) return 'in a minute';
  return seconds <= 1 ? 'in a second' : `in ${seconds} seconds`;
}
