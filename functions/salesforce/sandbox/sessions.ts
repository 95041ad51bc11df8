import { createPublicKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { compactVerify } from 'jose';
import * as z from 'zod';
import type { SandboxReply, SandboxRequest } from '../../../shared/sandbox/sandboxServer.ts';
import type { Viewer } from './access.ts';
import { invalidSession } from './errors.ts';
import type { FilledOrg } from './fillOrg.ts';
import type { Row } from './org.ts';

export interface Sessions {
  /** Answers `POST /services/oauth2/token`. */
  token(request: SandboxRequest, url: string): Promise<SandboxReply>;
  /** The user of the request's session. Throws INVALID_SESSION_ID. */
  viewerOf(request: SandboxRequest): Viewer;
  /** Ends every session, as the session timeout does. */
  expire(): void;
  /** Replaces the client secret: the one before is refused. */
  rotateSecret(secret: string): void;
  /** Registers a public key, PEM, to verify JWT assertions with. */
  registerPublicKey(pem: string): void;
  /** A private key (PEM, PKCS#8) whose public key is registered; generated on first use. */
  privateKey(): string;
}

export const clientId = 'sandbox-client';
export const clientSecret = 'sandbox-secret';
const loginUrls = ['https://login.salesforce.com', 'https://test.salesforce.com'];
const maxLifetimeSeconds = 300;
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

const claimsSchema = z.object({ iss: z.string(), sub: z.string(), aud: z.string(), exp: z.number() });

class TokenRefusal extends Error {
  readonly error: string;

  constructor(error: string, description: string) {
    super(description);
    this.error = error;
  }
}

export function createSessions({ org, integrationUser, ownAccess }: FilledOrg): Sessions {
  const usersBySession = new Map<string, string>();
  const publicKeys: KeyObject[] = [];
  let secret = clientSecret;
  let ownKey: string | undefined;

  const userNamed = (username: string): Row | undefined => {
    const users = org.schema.find('User');
    return users && org.rows(users).find(row => String(row.Username).toLowerCase() === username.toLowerCase());
  };

  const userOfClientCredentials = (form: URLSearchParams, authorization: string | undefined): Row | undefined => {
    const basic = /^Basic (.+)$/i.exec(authorization ?? '')?.[1];
    const [basicId, basicSecret] = basic ? Buffer.from(basic, 'base64').toString().split(':') : [];
    if ((form.get('client_id') ?? basicId) !== clientId) {
      throw new TokenRefusal('invalid_client_id', 'client identifier invalid');
    }
    if ((form.get('client_secret') ?? basicSecret) !== secret) {
      throw new TokenRefusal('invalid_client', 'invalid client credentials');
    }
    return org.find(integrationUser)?.row;
  };

  const userOfAssertion = async (assertion: string, url: string): Promise<Row | undefined> => {
    const claims = claimsSchema.safeParse(await verify(assertion, publicKeys)).data;
    if (!claims) throw new TokenRefusal('invalid_grant', 'invalid assertion');
    const now = org.now().getTime() / 1000;
    if (claims.iss !== clientId) throw new TokenRefusal('invalid_client_id', 'client identifier invalid');
    if (![url, ...loginUrls].includes(claims.aud.replace(/\/$/, ''))) {
      throw new TokenRefusal('invalid_grant', 'audience is invalid');
    }
    if (claims.exp <= now) throw new TokenRefusal('invalid_grant', 'assertion expired');
    if (claims.exp > now + maxLifetimeSeconds) {
      throw new TokenRefusal('invalid_grant', 'assertion expiration is too far in the future');
    }
    return userNamed(claims.sub);
  };

  const userOfGrant = (request: SandboxRequest, form: URLSearchParams, url: string) => {
    switch (form.get('grant_type')) {
      case 'client_credentials':
        return userOfClientCredentials(form, request.headers.authorization);
      case jwtBearer:
        return userOfAssertion(form.get('assertion') ?? '', url);
      default:
        throw new TokenRefusal('unsupported_grant_type', 'grant type not supported');
    }
  };

  return {
    async token(request, url) {
      try {
        const user = await userOfGrant(request, new URLSearchParams(request.body), url);
        if (!user) throw new TokenRefusal('invalid_grant', "user hasn't approved this consumer");
        if (!user.IsActive) throw new TokenRefusal('inactive_user', 'user is inactive');
        const accessToken = `${org.id.slice(0, 15)}!${randomUUID()}`;
        usersBySession.set(accessToken, user.Id);
        return {
          json: {
            access_token: accessToken,
            signature: Buffer.from(randomUUID()).toString('base64'),
            scope: 'api id',
            instance_url: url,
            id: `${url}/id/${org.id}/${user.Id}`,
            token_type: 'Bearer',
            issued_at: String(org.now().getTime()),
          },
        };
      } catch (error) {
        if (!(error instanceof TokenRefusal)) throw error;
        return { status: 400, json: { error: error.error, error_description: error.message } };
      }
    },
    viewerOf({ headers }) {
      const token = /^(?:Bearer|OAuth) (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
      const user = org.find(usersBySession.get(token));
      if (!user) throw invalidSession();
      return { Id: user.row.Id, access: ownAccess.has(user.row.Id) ? 'own' : 'all' };
    },
    expire: () => usersBySession.clear(),
    rotateSecret(next) {
      secret = next;
    },
    registerPublicKey(pem) {
      publicKeys.push(createPublicKey(pem));
    },
    privateKey() {
      if (ownKey === undefined) {
        const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
        publicKeys.push(pair.publicKey);
        ownKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      }
      return ownKey;
    },
  };
}

/** The claims of an assertion that one of the keys signed with RS256; undefined for any other. */
async function verify(assertion: string, keys: KeyObject[]): Promise<unknown> {
  for (const key of keys) {
    const verified = await compactVerify(assertion, key, { algorithms: ['RS256'] }).catch(() => undefined);
    if (verified) return JSON.parse(new TextDecoder().decode(verified.payload));
  }
  return undefined;
}
