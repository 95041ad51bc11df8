import createClient, { type Client } from 'openapi-fetch';
import type { Call } from '../../../shared/call.ts';
import { parseJson } from '../../../shared/parseJson.ts';
import {
  type Credentials,
  CredentialsRefused,
  secretCredentials,
  tokenCredentials,
} from '../../../shared/upstream/credentials.ts';
import { oauthToken, requestOAuthToken } from '../../../shared/upstream/oauthToken.ts';
import type { HelpdeskParts } from '../settings.ts';
import { answerFailure, unreadable } from './answerFailure.ts';
import type { paths } from './openapiTypes.ts';

/** How long an access token lives, unless the answer says. */
const TOKEN_SECONDS = 3600;

/** Makes the client for one call: its requests, on our transport, with our credentials. It answers with `data` alone. */
export function clientsOf(parts: HelpdeskParts): (call: Call) => Client<paths> {
  const { settings, upstream } = parts;
  const { header, credentials } = settings.HELPDESK_AUTH === 'api-key' ? apiKey(parts) : accessToken(parts);

  const send = async (request: Request, call: Call): Promise<Response> => {
    const { method, url } = request;
    const body = await request.text();
    const answer = await credentials.authorized(call, async ({ value }) => {
      const answer = await upstream.send(
        {
          method,
          url,
          headers: { ...Object.fromEntries(request.headers), accept: 'application/json', [header]: value },
          ...(body && { body }),
          safe: method === 'GET',
        },
        call,
      );
      if (answer.status === 401) throw new CredentialsRefused('status 401');
      return answer;
    });
    if (answer.status >= 400) throw answerFailure(answer);
    if (parseJson(answer.body) === undefined) throw unreadable(upstream.title);
    return new Response(answer.body, { status: answer.status });
  };

  return call => createClient<paths>({ baseUrl: settings.HELPDESK_URL, fetch: request => send(request, call) });
}

interface SignIn {
  /** The header that takes the credential. */
  header: string;
  credentials: Credentials<{ value: string }>;
}

function apiKey({ upstream, secrets }: HelpdeskParts): SignIn {
  return {
    header: 'x-api-key',
    credentials: secretCredentials({ upstream, secrets, secretName: 'helpdesk-api-key' }, value => ({ value })),
  };
}

/** https://www.rfc-editor.org/rfc/rfc6749#section-4.4 */
function accessToken({ settings, secrets, upstream, now }: HelpdeskParts): SignIn {
  return {
    header: 'authorization',
    credentials: tokenCredentials({
      upstream,
      secrets,
      secretName: 'helpdesk-client-secret',
      now,
      async exchange(secret, _subject, call) {
        const { access_token, expires_in = TOKEN_SECONDS } = await requestOAuthToken({
          upstream,
          call,
          url: `${settings.HELPDESK_URL}/oauth/token`,
          format: 'form',
          parameters: {
            grant_type: 'client_credentials',
            client_id: settings.HELPDESK_CLIENT_ID ?? '',
            client_secret: secret,
          },
          answer: oauthToken,
        });
        return { value: `Bearer ${access_token}`, expiresAt: now() + expires_in * 1000 };
      },
    }),
  };
}
