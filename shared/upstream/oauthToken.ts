import * as z from 'zod';
import type { Call } from '../call.ts';
import { Failure } from '../failure.ts';
import { parseJson } from '../parseJson.ts';
import { sentence } from '../text.ts';
import { CredentialsRefused } from './credentials.ts';
import { saidIn } from './saidIn.ts';
import type { Upstream } from './upstream.ts';

/** https://www.rfc-editor.org/rfc/rfc6749#section-5.1; `expires_in`, in seconds, is missing where it is not a number. */
export const oauthToken = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().optional().catch(undefined),
});

/** https://www.rfc-editor.org/rfc/rfc6749#section-5.2 */
const oauthError = z.object({ error: z.string(), error_description: z.string().nullish().catch(undefined) });

/** How a token endpoint refused: without `error` where its answer is not as RFC 6749 has it. */
export interface OAuthRefusal {
  status: number;
  error?: string;
  description?: string;
}

/**
 * The parameters that prove something.
 * https://www.iana.org/assignments/oauth-parameters/oauth-parameters.xhtml
 */
const secretParameters = new Set([
  'client_secret',
  'client_assertion',
  'assertion',
  'code',
  'code_verifier',
  'password',
  'refresh_token',
  'subject_token',
  'actor_token',
]);

export interface OAuthTokenRequest<Answer extends z.ZodType> {
  upstream: Upstream;
  call: Call;
  /** The token endpoint. */
  url: string;
  /** How the parameters are sent; a form is the standard, JSON is what some vendors document. */
  format: 'form' | 'json';
  /** `grant_type`, and what goes with it. */
  parameters: Record<string, string>;
  /** What is read of the answer: `oauthToken`, extended by what else the vendor tells. */
  answer: Answer;
  /** The setting that `url` comes from. */
  address?: string;
  /** What is thrown for a refusal; unless given, it is told by the standard's error codes. */
  refused?(refusal: OAuthRefusal, use: { title: string; address?: string | undefined }): Error;
}

/**
 * Requests an access token: https://www.rfc-editor.org/rfc/rfc6749#section-4.4.2
 * @throws CredentialsRefused, or what `refused` makes of the refusal
 * @throws Failure `upstream_error` when the answer cannot be read; what `send` throws
 */
export async function requestOAuthToken<Answer extends z.ZodType>(
  request: OAuthTokenRequest<Answer>,
): Promise<z.output<Answer>> {
  const { upstream, call, url, format, parameters, address, refused = grantRefused } = request;
  const isForm = format === 'form';
  const { status, body } = await upstream.send(
    {
      method: 'POST',
      url,
      headers: {
        'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json',
        accept: 'application/json',
      },
      credentials: Object.entries(parameters).flatMap(([name, value]) => (secretParameters.has(name) ? [value] : [])),
      body: isForm ? new URLSearchParams(parameters).toString() : JSON.stringify(parameters),
      // Another token does no harm, so a request whose answer was lost is sent again.
      safe: true,
      address,
      says: body => saidIn(parseJson(body)).join(' '),
    },
    call,
  );
  const answer = parseJson(body);
  if (status >= 400) {
    const { data } = oauthError.safeParse(answer);
    throw refused(
      {
        status,
        ...(data && { error: data.error }),
        ...(data?.error_description && { description: data.error_description }),
      },
      { title: upstream.title, address },
    );
  }
  const { success, data } = request.answer.safeParse(answer);
  if (success) return data;
  throw new Failure(
    'upstream_error',
    `${upstream.title} answered the sign-in with something unreadable. Try again in a minute.`,
  );
}

/** The statuses with which a token endpoint refuses credentials. */
const refusesCredentials = new Set([400, 401, 403]);

/**
 * What an error code says is at fault, where that is not the secret: https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 * Atlassian says `access_denied` of a secret, too.
 */
const faults: ReadonlyMap<string, string> = new Map(
  Object.entries({
    invalid_scope: 'does not give this service the scopes that it asks for',
    unauthorized_client: 'does not let the client of this service sign in like this',
    unsupported_grant_type: 'does not offer this way to sign in',
    invalid_request: 'misses something in the sign-in of this service',
  }),
);

function grantRefused(
  { status, error, description }: OAuthRefusal,
  { title, address = "that address in this service's settings" }: { title: string; address?: string | undefined },
): Error {
  const said = description ? sentence(description) : '';
  const because = said && ` ${title} says: ${said}`;
  if (error === undefined && !refusesCredentials.has(status)) {
    return new Failure(
      'upstream_auth_failed',
      `${title} is signed in to at an address that answers with status ${status}. An administrator must correct ${address}.`,
    );
  }
  const fault = faults.get(error ?? '');
  if (fault) {
    return new Failure(
      'upstream_auth_failed',
      `${title} ${fault} (${error}). An administrator must correct the settings or the app of this service; another secret does not help.${because}`,
      { cause: new Error(`status ${status} ${error}`) },
    );
  }
  return new CredentialsRefused(`status ${status}${error ? ` ${error}` : ''}`, { said });
}
