import { afterEach, beforeEach, expect, it } from 'vitest';
import * as z from 'zod';
import { Failure } from '../../../shared/failure.ts';
import { type SandboxServer, startSandboxServer } from '../../../shared/sandbox/sandboxServer.ts';
import { CredentialsRefused } from '../../../shared/upstream/credentials.ts';
import { type OAuthRefusal, oauthToken, requestOAuthToken } from '../../../shared/upstream/oauthToken.ts';
import { createUpstream } from '../../../shared/upstream/upstream.ts';
import { testCall } from './testCall.ts';

let server: SandboxServer;
let answering: { status?: number; json?: unknown; text?: string };

beforeEach(async () => {
  answering = { json: { access_token: 'token', token_type: 'Bearer', expires_in: 3600 } };
  server = await startSandboxServer(() => answering);
});
afterEach(() => server.close());

const parameters = { grant_type: 'client_credentials', client_id: 'app', client_secret: 'a&b' };
const request = (options: { format?: 'form' | 'json'; refused?(refusal: OAuthRefusal): Error } = {}) =>
  requestOAuthToken({
    upstream: createUpstream('Acme'),
    call: testCall(),
    url: `${server.url}/token`,
    format: 'form',
    parameters,
    answer: oauthToken,
    ...options,
  });

it('a token is requested by a form, or by JSON', async () => {
  expect(await request()).toEqual({ access_token: 'token', expires_in: 3600 });
  await request({ format: 'json' });
  const [form, json] = server.requests;
  expect(form?.headers['content-type']).toBe('application/x-www-form-urlencoded');
  expect(Object.fromEntries(new URLSearchParams(form?.body))).toEqual(parameters);
  expect(json?.headers['content-type']).toBe('application/json');
  expect(JSON.parse(json?.body ?? '')).toEqual(parameters);
});

it.each([
  ['3600', 3600],
  [null, undefined],
  ['soon', undefined],
  [0, undefined],
])('expires_in %j is read as %j', async (expires_in, seconds) => {
  answering = { json: { access_token: 'token', expires_in } };
  expect((await request()).expires_in).toBe(seconds);
});

it('what else a vendor tells is read with it', async () => {
  answering = { json: { access_token: 'token', site: 'https://acme.example' } };
  const answer = oauthToken.extend({ site: z.url() });
  const { site } = await requestOAuthToken({
    upstream: createUpstream('Acme'),
    call: testCall(),
    url: `${server.url}/token`,
    format: 'form',
    parameters,
    answer,
  });
  expect(site).toBe('https://acme.example');
});

it('a refusal is taken for one of the secret', async () => {
  answering = { status: 401, json: { error: 'invalid_client', error_description: 'Who?' } };
  await expect(request()).rejects.toThrow(CredentialsRefused);
});

it.each([
  [
    { json: { error: 'invalid_grant', error_description: 'Locked.' } },
    { error: 'invalid_grant', description: 'Locked.' },
  ],
  [{ json: { error: 'invalid_grant', error_description: 7 } }, { error: 'invalid_grant' }],
  [{ text: '<html>' }, {}],
])('a vendor may say what its refusal %j means', async (answer, told) => {
  answering = { status: 400, ...answer };
  const refusals: OAuthRefusal[] = [];
  const refused = (refusal: OAuthRefusal) => {
    refusals.push(refusal);
    return new Failure('forbidden', 'The user is locked out.');
  };
  await expect(request({ refused })).rejects.toMatchObject({ code: 'forbidden' });
  expect(refusals).toEqual([{ status: 400, ...told }]);
});

it.each([{ text: '<html>' }, { json: { token: 'x' } }, { json: { access_token: '' } }])(
  'an answer %j without a token is told as unreadable',
  async answer => {
    answering = answer;
    await expect(request()).rejects.toMatchObject({
      code: 'upstream_error',
      message: 'Acme answered the sign-in with something unreadable. Try again in a minute.',
    });
  },
);

it('a request whose answer was lost is sent again', async () => {
  server.fail({ reset: 'after' });
  expect((await request()).access_token).toBe('token');
  expect(server.requests).toHaveLength(2);
});
