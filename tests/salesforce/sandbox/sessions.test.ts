import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type SalesforceSandbox, startSandbox } from '../../../functions/salesforce/sandbox/startSandbox.ts';
import { askToken, assertion, base, clientCredentials, jwtGrant, now, signIn } from './signedIn.ts';

let sandbox: SalesforceSandbox;

beforeEach(async () => {
  sandbox = await startSandbox({ now: () => now });
});
afterEach(() => sandbox.close());

const seconds = now.getTime() / 1000;
const pemPair = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });

test('client credentials open a session of the integration user', async () => {
  const { status, body } = await askToken(sandbox.url, clientCredentials);
  expect(status).toBe(200);
  expect(body).toMatchObject({ token_type: 'Bearer', instance_url: sandbox.url, issued_at: String(now.getTime()) });
  const user = sandbox.records('User').find(({ Username }) => Username === 'integration@example.com');
  expect(body.id.split('/').at(-1)).toBe(user?.Id);
});

test.each([
  [{ client_secret: 'wrong' }, { error: 'invalid_client', error_description: 'invalid client credentials' }],
  [{ client_id: 'wrong' }, { error: 'invalid_client_id', error_description: 'client identifier invalid' }],
  [{ grant_type: 'password' }, { error: 'unsupported_grant_type', error_description: 'grant type not supported' }],
])('client credentials with %j are refused', async (change, error) => {
  const answer = await askToken(sandbox.url, { ...clientCredentials, ...change });
  expect(answer.status).toBe(400);
  expect(answer.body).toEqual(error);
});

test('client credentials may come in the Authorization header', async () => {
  const response = await fetch(`${sandbox.url}/services/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('sandbox-client:sandbox-secret')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  expect(response.status).toBe(200);
});

test('a JWT assertion opens a session of the user it names', async () => {
  const { identity } = await signIn(sandbox, 'LI.WEI@example.com');
  const user = sandbox.records('User').find(({ Name }) => Name === 'Li Wei');
  expect(identity.split('/').at(-1)).toBe(user?.Id);
});

test('a registered public key lets the holder of its private half in', async () => {
  const { publicKey, privateKey } = pemPair();
  sandbox.registerPublicKey(publicKey);
  const token = await assertion(
    sandbox,
    { sub: 'ana.ruiz@example.com', aud: 'https://login.salesforce.com' },
    privateKey,
  );
  expect((await askToken(sandbox.url, { grant_type: jwtGrant, assertion: token })).status).toBe(200);
});

test.each([
  ['another client', { iss: 'someone' }, 'client identifier invalid'],
  ['an unknown user', { sub: 'nobody@example.com' }, "user hasn't approved this consumer"],
  ['an inactive user', { sub: 'tom.becker@example.com' }, 'user is inactive'],
  ['another audience', { aud: 'https://example.com' }, 'audience is invalid'],
  ['a time that is over', { exp: seconds - 1 }, 'assertion expired'],
  ['too long a life', { exp: seconds + 301 }, 'assertion expiration is too far in the future'],
  ['no user', { sub: undefined }, 'invalid assertion'],
])('a JWT assertion with %s is refused', async (_what, claims, description) => {
  const token = await assertion(sandbox, { sub: 'li.wei@example.com', ...claims });
  const answer = await askToken(sandbox.url, { grant_type: jwtGrant, assertion: token });
  expect(answer).toMatchObject({ status: 400, body: { error_description: description } });
});

test('a JWT assertion that another key has signed is refused', async () => {
  sandbox.privateKey();
  const token = await assertion(sandbox, { sub: 'li.wei@example.com' }, pemPair().privateKey);
  const answer = await askToken(sandbox.url, { grant_type: jwtGrant, assertion: token });
  expect(answer).toMatchObject({
    status: 400,
    body: { error: 'invalid_grant', error_description: 'invalid assertion' },
  });
});

test('a session that has ended, or never was, is INVALID_SESSION_ID', async () => {
  const { call } = await signIn(sandbox);
  expect((await call('GET', '/sobjects')).status).toBe(200);
  sandbox.expireSessions();
  expect(await call('GET', '/sobjects')).toMatchObject({
    status: 401,
    body: [{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }],
  });
  expect((await fetch(`${sandbox.url}${base}/sobjects`)).status).toBe(401);
});

test('after a rotation only the new secret is good', async () => {
  sandbox.rotateSecret('sandbox-secret-2');
  expect((await askToken(sandbox.url, clientCredentials)).status).toBe(400);
  expect((await askToken(sandbox.url, { ...clientCredentials, client_secret: 'sandbox-secret-2' })).status).toBe(200);
});

test('a representative sees only their own opportunities, no margins, and changes only what is theirs', async () => {
  const manager = await signIn(sandbox, 'ana.ruiz@example.com');
  const liWei = await signIn(sandbox, 'li.wei@example.com');
  const owners = 'SELECT COUNT_DISTINCT(OwnerId) FROM Opportunity';
  expect(await manager.column(owners)).toEqual([4]);
  expect(await liWei.column(owners)).toEqual([1]);

  const theirs = sandbox.records('Opportunity').find(({ Name }) => String(Name).startsWith('Zürich'));
  expect((await liWei.call('PATCH', `/sobjects/Opportunity/${theirs?.Id}`, { NextStep: 'x' })).status).toBe(404);
  expect((await manager.query('SELECT Margin__c FROM Opportunity LIMIT 1')).totalSize).toBe(1);
  expect((await liWei.query('SELECT Margin__c FROM Opportunity'))[0]?.errorCode).toBe('INVALID_FIELD');
  const { fields } = await liWei.connection.sobject('Opportunity').describe();
  expect(fields.map(field => field.name)).not.toContain('Margin__c');

  const zurich = sandbox.records('Account').find(({ Name }) => Name === 'Zürich Werkzeuge');
  expect(await liWei.call('PATCH', `/sobjects/Account/${zurich?.Id}`, { Rating: 'Hot' })).toMatchObject({
    status: 403,
    body: [{ errorCode: 'INSUFFICIENT_ACCESS_OR_READONLY', message: 'insufficient access rights on object id' }],
  });
});
