import type { Client } from 'jira.js/core';
import type { Call } from '../../../shared/call.ts';
import { Failure } from '../../../shared/failure.ts';
import { parseJson } from '../../../shared/parseJson.ts';
import { isLoopback } from '../../../shared/settings/setting.ts';
import {
  type Credentials,
  CredentialsRefused,
  secretCredentials,
  type Token,
  tokenCredentials,
} from '../../../shared/upstream/credentials.ts';
import type { ByteRange, FilePart } from '../../../shared/upstream/filePart.ts';
import type { UpstreamAnswer, UpstreamRequest } from '../../../shared/upstream/http.ts';
import { oauthToken, requestOAuthToken } from '../../../shared/upstream/oauthToken.ts';
import { readPublicFile } from '../../../shared/upstream/publicFile.ts';
import type { JiraParts, JiraSettings } from '../settings.ts';
import { answerFailure } from './answerFailure.ts';

/** POST requests that change nothing. */
const searches =
  /^\/rest\/api\/3\/(search\/(jql|approximate-count)|jql\/(parse|match)|changelog\/bulkfetch|user\/bulk)$/;

/**
 * jira.js puts parameters into paths without encoding them. Ids and keys are checked where they come in; this is the
 * second lock: no dot segments, no query, nothing percent-encoded.
 */
const cleanPath = /^\/rest\/(?:api\/3|servicedeskapi)(\/[\w:@-]+)+$/;

/** Refusals are told apart by their words, which follow the account's language unless the request says otherwise. */
const inEnglish = { 'accept-language': 'en', 'x-force-accept-language': 'true' };

/** How long an access token lives at Atlassian, unless its answer says. */
const TOKEN_SECONDS = 3600;

const refusedSignIn = /AUTHENTICATED_FAILED|AUTHENTICATION_DENIED/;

/** jira.js's client, and the contents of files, which jira.js reads whole. */
export interface JiraClient extends Client {
  /**
   * A part of an attached file.
   * https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-attachments/#api-rest-api-3-attachment-content-id-get
   */
  readAttachment(attachmentId: string, range: ByteRange): Promise<FilePart>;
}

/** Makes jira.js's client for one call: its requests, on our transport, with our credentials. */
export function jiraClient(parts: JiraParts): (call: Call) => JiraClient {
  const { settings, upstream } = parts;
  const base = apiBase(settings);
  const credentials = jiraCredentials(parts);

  const exchange = (request: UpstreamRequest, call: Call): Promise<UpstreamAnswer> =>
    credentials.authorized(call, async token => {
      const headers = { authorization: token.value, ...inEnglish, ...request.headers };
      const answer = await upstream.send({ ...request, headers }, call);
      // Jira may take who cannot sign in for nobody, who sees nothing, and say so in a header alone. A change that it
      // made it made all the same.
      const isNobody = refusedSignIn.test(answer.headers.get('x-seraph-loginreason') ?? '');
      if (answer.status === 401 || (isNobody && (request.safe || answer.status >= 400))) {
        throw new CredentialsRefused(`status ${answer.status}`);
      }
      return answer;
    });

  return call => ({
    async readAttachment(attachmentId, range) {
      const path = `/rest/api/3/attachment/content/${attachmentId}`;
      if (!cleanPath.test(path)) throw new Failure('internal', 'A request to Jira had a malformed path.');
      const url = `${base}${path}?redirect=false`;
      const answer = await exchange({ method: 'GET', url, headers: { accept: '*/*' }, safe: true, range }, call);
      if (answer.part) return answer.part;
      if (answer.status >= 400) throw answerFailure(answer, path);
      const location = URL.parse(answer.headers.get('location') ?? '', url);
      if (!location) throw garbled();
      const work = { target: 'attached files', safe: true };
      const allowLoopback = isLoopback(settings.JIRA_BASE_URL);
      return upstream.run(
        signal => readPublicFile(location, range, { title: 'Jira', signal, allowLoopback }),
        work,
        call,
      );
    },

    async sendRequest<T>({
      url: path,
      method = 'GET',
      body,
      searchParams = {},
    }: Parameters<Client['sendRequest']>[0]): Promise<T> {
      if (!cleanPath.test(path)) throw new Failure('internal', 'A request to Jira had a malformed path.');
      const url = base + path + queryString(searchParams);
      const safe = method === 'GET' || (method === 'POST' && searches.test(path));
      const answer = await exchange(
        {
          method,
          url,
          headers: {
            accept: 'application/json',
            ...(body !== undefined && { 'content-type': 'application/json' }),
          },
          ...(body !== undefined && { body: JSON.stringify(body) }),
          safe,
        },
        call,
      );
      if (answer.status >= 400) throw answerFailure(answer, path);
      // What Jira answered is parsed by the facade, against the few fields that it uses.
      return parseBody(answer.body, answer.status) as T;
    },
  });
}

/** Scoped tokens and service accounts work only through Atlassian's gateway; a stand-in on loopback plays that too. */
function apiBase({ JIRA_BASE_URL, JIRA_CLOUD_ID }: JiraSettings): string {
  if (!JIRA_CLOUD_ID) return JIRA_BASE_URL;
  const gateway = isLoopback(JIRA_BASE_URL) ? JIRA_BASE_URL : 'https://api.atlassian.com';
  return `${gateway}/ex/jira/${JIRA_CLOUD_ID}`;
}

/** The value of the authorization header. */
function jiraCredentials(parts: JiraParts): Credentials<{ value: string }> {
  const { settings, secrets, upstream, now } = parts;
  if (settings.JIRA_AUTH === 'basic') {
    return secretCredentials({ upstream, secrets, secretName: 'jira-api-token' }, secret => ({
      value: `Basic ${Buffer.from(`${settings.JIRA_EMAIL}:${secret}`).toString('base64')}`,
    }));
  }
  return tokenCredentials({
    upstream,
    secrets,
    secretName: 'jira-client-secret',
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

function parseBody(body: string, status: number): unknown {
  if (body === '' && status !== 200) return undefined;
  const value = parseJson(body);
  if (value === undefined) throw garbled();
  return value;
}

/** Jira answered with something that is not Jira's. */
export function garbled(cause?: unknown): Failure {
  return new Failure('upstream_error', 'Jira answered with something unreadable. Try again in a minute.', { cause });
}
