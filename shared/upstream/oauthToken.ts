import * as z from 'zod';
import type { Call } from '../call.ts';
import { Failure } from '../failure.ts';
import { parseJson } from '../parseJson.ts';
import { CredentialsRefused } from './credentials.ts';
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
  /** What is thrown for a refusal; unless given, the secret is taken for the one that was refused. */
  refused?(refusal: OAuthRefusal, title: string): Error;
}

/**
 * Requests an access token: https://www.rfc-editor.org/rfc/rfc6749#section-4.4.2
 * @throws CredentialsRefused, or what `refused` makes of the refusal
 * @throws Failure `upstream_error` when the answer cannot be read; what `send` throws
 */
export async function requestOAuthToken<Answer extends z.ZodType>(
  request: OAuthTokenRequest<Answer>,
): Promise<z.output<Answer>> {
  const { upstream, call, url, format, parameters, refused = secretRefused } = request;
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
      upstream.title,
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

function secretRefused({ status, error }: OAuthRefusal, title: string): Error {
  if (error === undefined && !refusesCredentials.has(status)) {
    return new Failure(
      'upstream_auth_failed',
      `${title} is signed in to at an address that answers with status ${status}. An administrator must correct that address in this service's settings.`,
    );
  }
  return new CredentialsRefused(`status ${status}${error ? ` ${error}` : ''}`);
}
