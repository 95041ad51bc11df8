import type { Client } from 'jira.js/core';
import * as z from 'zod';
import type { Call } from '../../../shared/call.ts';
import { Failure } from '../../../shared/failure.ts';
import { parseJson } from '../../../shared/parseJson.ts';
import { isLoopback } from '../../../shared/settings/setting.ts';
import {
  type Credentials,
  CredentialsRefused,
  callersCredentials,
  secretCredentials,
  type Token,
  tokenCredentials,
} from '../../../shared/upstream/credentials.ts';
import type { ByteRange, FilePart } from '../../../shared/upstream/filePart.ts';
import type { UpstreamAnswer, UpstreamRequest } from '../../../shared/upstream/http.ts';
import { oauthToken, requestOAuthToken } from '../../../shared/upstream/oauthToken.ts';
import { readPublicFile } from '../../../shared/upstream/publicFile.ts';
import { saidIn } from '../../../shared/upstream/saidIn.ts';
import { apiBase, type JiraParts } from '../settings.ts';
import { answerFailure, saidByJira } from './answerFailure.ts';
import { rateLimits } from './rateLimits.ts';
import { scopeFor } from './scopes.ts';
import { signInFailure } from './signInFailure.ts';

/** POST requests that change nothing. */
const searches =
  /^\/rest\/api\/3\/(search\/(jql|approximate-count)|jql\/(parse|match)|changelog\/bulkfetch|issue\/bulkfetch|user\/bulk|comment\/list)$/;

/**
 * jira.js puts parameters into paths without encoding them. Ids and keys are checked where they come in; this is the
 * second lock: no dot segments, no query, nothing percent-encoded.
 */
const cleanPath = /^\/rest\/(?:api\/3|agile\/1\.0|servicedeskapi)(\/[\w:@-]+)+$/;

/** Refusals are told apart by their words, which follow the account's language unless the request says otherwise. */
export const inEnglish = { 'accept-language': 'en', 'x-force-accept-language': 'true' };

/** Some of the service desk's routes are refused without it. */
const experimental = { 'x-experimentalapi': 'opt-in' };

/** How long an access token lives at Atlassian, unless its answer says. */
const TOKEN_SECONDS = 3600;

export const refusedSignIn = /AUTHENTICATED_FAILED/;

/** jira.js's client, and the contents of files, which jira.js reads whole. */
export interface JiraClient extends Client {
  /**
   * A part of an attached file.
   * https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-attachments/#api-rest-api-3-attachment-content-id-get
   */
  readAttachment(attachmentId: string, range: ByteRange): Promise<FilePart>;
  /**
   * Asks whether the caller may make a change, where that is limited, and makes none.
   * @throws Failure as the change itself would
   */
  rehearse?(change: Parameters<Client['sendRequest']>[0]): Promise<void>;
}

/** A client that is opened by its first request. */
export function openedLater(open: () => Promise<JiraClient>): JiraClient {
  let opened: Promise<JiraClient> | undefined;
  const client = () => {
    opened ??= open();
    return opened;
  };
  return {
    sendRequest: async options => (await client()).sendRequest(options),
    rehearse: async options => (await client()).rehearse?.(options),
    readAttachment: async (attachmentId, range) => (await client()).readAttachment(attachmentId, range),
  };
}

/** Makes jira.js's client for one call: its requests, on our transport, with our credentials. */
export function jiraClient(
  { settings, upstream }: JiraParts,
  credentials: Credentials<{ value: string }>,
): (call: Call) => JiraClient {
  const base = apiBase(settings);
  const address = settings.JIRA_CLOUD_ID ? 'JIRA_CLOUD_ID' : 'JIRA_BASE_URL';

  /** @param path what is asked for, without the host */
  const exchange = (
    path: string,
    request: Omit<UpstreamRequest, 'url'> & { query: string },
    call: Call,
  ): Promise<UpstreamAnswer> =>
    credentials.authorized(call, async token => {
      const { safe, query, ...others } = request;
      const answer = await upstream.send(
        {
          ...others,
          url: base + path + query,
          headers: { authorization: token.value, ...inEnglish, ...request.headers },
          safe,
          // The gateway's own host is in no setting.
          ...(!settings.JIRA_CLOUD_ID && { address }),
          says: saidByJira,
          reports: rateLimits,
        },
        call,
      );
      const failure = signInFailure(answer, { settings, scope: scopeFor(path, !safe), safe });
      if (failure) throw failure;
      // Jira may take who cannot sign in for nobody, who sees nothing, and say so in a header alone. A change that it
      // made it made all the same.
      const isNobody = refusedSignIn.test(answer.headers.get('x-seraph-loginreason') ?? '');
      if (answer.status === 401 || (isNobody && (safe || answer.status >= 400))) {
        throw new CredentialsRefused(`status ${answer.status}`, {
          said: answer.status === 401 ? saidIn(parseJson(answer.body)).join(' ') : '',
        });
      }
      return answer;
    });

  return call => ({
    async readAttachment(attachmentId, range) {
      const path = `/rest/api/3/attachment/content/${attachmentId}`;
      if (!cleanPath.test(path)) throw new Failure('internal', 'A request to Jira had a malformed path.');
      const request = { method: 'GET', query: '?redirect=false', headers: { accept: '*/*' }, safe: true, range };
      const answer = await exchange(path, request, call);
      if (answer.part) return answer.part;
      if (answer.status >= 400) throw withoutContents(answerFailure(answer, path, address));
      const location = URL.parse(answer.headers.get('location') ?? '', base + path);
      if (!location) throw garbled();
      const work = { target: 'attached files', safe: true };
      const isLocal = (url: URL) => isLoopback(settings.JIRA_BASE_URL) && isLoopback(url.href);
      return upstream.run(signal => readPublicFile(location, range, { title: 'Jira', signal, isLocal }), work, call);
    },

    async sendRequest<T>({
      url: path,
      method = 'GET',
      body,
      headers = {},
      searchParams = {},
    }: Parameters<Client['sendRequest']>[0]): Promise<T> {
      if (!cleanPath.test(path)) throw new Failure('internal', 'A request to Jira had a malformed path.');
      const safe = method === 'GET' || (method === 'POST' && searches.test(path));
      const answer = await exchange(
        path,
        {
          method,
          query: queryString(searchParams),
          headers: {
            accept: 'application/json',
            ...(path.startsWith('/rest/servicedeskapi/') && experimental),
            // A form says of itself where each of its parts begins.
            ...(body !== undefined && !(body instanceof FormData) && { 'content-type': 'application/json' }),
            ...headers,
          },
          ...(body !== undefined && { body: body instanceof FormData ? body : JSON.stringify(body) }),
          safe,
        },
        call,
      );
      if (answer.status >= 400 && !tellsOfEach(path, answer)) throw answerFailure(answer, path, address);
      // What Jira answered is parsed by the facade, against the few fields that it uses.
      return parseBody(answer, address) as T;
    },
  });
}

/** The value of the authorization header. */
export function jiraCredentials(parts: JiraParts): Credentials<{ value: string }> {
  const { settings, secrets, upstream, now } = parts;
  if (settings.JIRA_AUTH === 'caller') return callersCredentials({ upstream }, token => ({ value: `Bearer ${token}` }));
  if (settings.JIRA_AUTH === 'basic') {
    // A token with scopes is not taken by the site itself.
    const withScopes = settings.JIRA_CLOUD_ID ? '' : ', set JIRA_CLOUD_ID as well where the token has scopes';
    const beside = `make sure that JIRA_EMAIL is the address of the account that it belongs to${withScopes}`;
    return secretCredentials({ upstream, secrets, secretName: 'jira-api-token', beside }, secret => ({
      value: `Basic ${Buffer.from(`${settings.JIRA_EMAIL}:${secret}`).toString('base64')}`,
    }));
  }
  return tokenCredentials({
    upstream,
    secrets,
    secretName: 'jira-client-secret',
    beside: 'make sure that JIRA_CLIENT_ID is of the same credential',
    now,
    exchange: (secret, _subject, call) => clientCredentialsToken(secret, parts, call),
  });
}

/** https://support.atlassian.com/user-management/docs/create-oauth-2-0-credential-for-service-accounts/ */
async function clientCredentialsToken(
  secret: string,
  { settings, upstream, now }: JiraParts,
  call: Call,
): Promise<Token> {
  const { access_token, expires_in = TOKEN_SECONDS } = await requestOAuthToken({
    upstream,
    call,
    url: settings.JIRA_TOKEN_URL,
    format: 'json',
    parameters: {
      grant_type: 'client_credentials',
      ...(settings.JIRA_CLIENT_ID && { client_id: settings.JIRA_CLIENT_ID }),
      client_secret: secret,
    },
    answer: oauthToken,
    address: 'JIRA_TOKEN_URL',
  });
  return { value: `Bearer ${access_token}`, expiresAt: now() + expires_in * 1000 };
}

function queryString(searchParams: Record<string, unknown>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(searchParams)) {
    if (value !== undefined && value !== null) query.set(name, Array.isArray(value) ? value.join(',') : String(value));
  }
  return query.size > 0 ? `?${query}` : '';
}

/** Jira may list a file that it does not give: one that was removed just now, is quarantined, or was lost. */
function withoutContents(failure: Failure): Failure {
  if (failure.code !== 'not_found') return failure;
  const message =
    'Jira lists this file but does not give what it holds: it may have been removed, or is being checked. Say so to the user, who can try to open it in Jira, or attach it again.';
  return new Failure('not_found', message, { cause: failure });
}

/** Jira refuses to make several issues as it makes them, where it can make none: with what is wrong with each. */
function tellsOfEach(path: string, { status, body }: UpstreamAnswer): boolean {
  return path === '/rest/api/3/issue/bulk' && status === 400 && refusedIssues.safeParse(parseJson(body)).success;
}

const refusedIssues = z.object({ errors: z.array(z.object({ failedElementNumber: z.number() })).min(1) });

function parseBody({ status, body }: UpstreamAnswer, address: string): unknown {
  if (body === '' && status !== 200) return undefined;
  const value = parseJson(body);
  if (value !== undefined) return value;
  if (!/^\s*</.test(body)) throw garbled();
  throw new Failure(
    'upstream_error',
    `Jira answered with a page for people, as where people sign in. If it does so again in a minute, an administrator must correct ${address}.`,
  );
}

/** Jira answered with something that is not Jira's. */
export function garbled(cause?: unknown): Failure {
  return new Failure('upstream_error', 'Jira answered with something unreadable. Try again in a minute.', { cause });
}
