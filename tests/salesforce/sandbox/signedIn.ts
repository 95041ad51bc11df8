import { createPrivateKey } from 'node:crypto';
import { SignJWT } from 'jose';
import { Connection } from 'jsforce/lib/connection.js';
import type { SalesforceSandbox } from '../../../functions/salesforce/sandbox/startSandbox.ts';

export const base = '/services/data/v67.0';
/** A Wednesday. */
export const now = new Date('2026-11-18T10:00:00.000Z');

type Fields = Record<string, unknown>;

/** What the tests read of the sandbox's answers; which part is there depends on what was asked. */
interface Body {
  [entry: number]: { errorCode: string; message: string };
  access_token: string;
  id: string;
  totalSize: number;
  nextRecordsUrl: string;
  records: Fields[];
  searchRecords: (Fields & { attributes: { type: string } })[];
  compositeResponse: { httpStatusCode: number; body: { records: Fields[] } }[];
}

interface Answer {
  status: number;
  headers: Headers;
  body: Body;
}

/** Posts a form to the token endpoint. */
export async function askToken(url: string, form: Record<string, string>): Promise<Answer> {
  const response = await fetch(`${url}/services/oauth2/token`, { method: 'POST', body: new URLSearchParams(form) });
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
}

export const clientCredentials = {
  grant_type: 'client_credentials',
  client_id: 'sandbox-client',
  client_secret: 'sandbox-secret',
};

/** A JWT assertion as the sandbox wants it, but for what `claims` says. */
export function assertion(sandbox: SalesforceSandbox, claims: Record<string, unknown>, key = sandbox.privateKey()) {
  const seconds = Math.floor(now.getTime() / 1000);
  return new SignJWT({ iss: 'sandbox-client', aud: sandbox.url, exp: seconds + 180, ...claims })
    .setProtectedHeader({ alg: 'RS256' })
    .sign(createPrivateKey(key));
}

export const jwtGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** A session of the integration user, or of the user that is named. */
export async function signIn(sandbox: SalesforceSandbox, username?: string) {
  const form =
    username === undefined
      ? clientCredentials
      : { grant_type: jwtGrant, assertion: await assertion(sandbox, { sub: username }) };
  const { access_token: token, id: identity } = (await askToken(sandbox.url, form)).body;

  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const response = await fetch(sandbox.url + (path.startsWith('/services') ? path : base + path), {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : null };
  };
  return {
    /** The URL that names the user: `…/id/<organisation>/<user>`. */
    identity,
    connection: new Connection({ instanceUrl: sandbox.url, accessToken: token, version: '67.0' }),
    call,
    query: async (soql: string) => (await call('GET', `/query?q=${encodeURIComponent(soql)}`)).body,
    /** The first field of every record of an answer. */
    column: async (soql: string): Promise<unknown[]> => {
      const { body } = await call('GET', `/query?q=${encodeURIComponent(soql)}`);
      if (!body.records) throw new Error(body[0]?.message);
      return body.records.map(({ attributes: _attributes, ...fields }) => Object.values(fields)[0]);
    },
  };
}
