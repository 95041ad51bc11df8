import { createPrivateKey, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { Failure } from '../failure.ts';

/** Salesforce takes assertions that end within five minutes; its clock and ours may differ. */
const LIFE_SECONDS = 180;

/**
 * Signs an assertion for the JWT bearer grant. `now` is in milliseconds since the epoch.
 * https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_jwt_flow.htm
 * @throws Failure `misconfigured` when the key is none
 */
export function signAssertion(
  privateKey: string,
  { clientId, loginUrl, username, now }: { clientId: string; loginUrl: string; username: string; now: number },
): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(clientId)
    .setSubject(username)
    .setAudience(audience(loginUrl))
    .setExpirationTime(Math.floor(now / 1000) + LIFE_SECONDS)
    .sign(readPrivateKey(privateKey));
}

/** PKCS#1 or PKCS#8; its line breaks may be written `\n`, as one line of a settings file has them. */
function readPrivateKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem.replaceAll('\\r', '').replaceAll('\\n', '\n'));
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // What is wrong with a key is not for the log either.
  }
  throw new Failure(
    'misconfigured',
    'The secret salesforce-private-key is not an RSA private key. An administrator must set it to the whole PEM text, its first and last line included.',
  );
}

/** Assertions are made out to the login service, not to a My Domain. */
function audience(loginUrl: string): string {
  const { hostname } = new URL(loginUrl);
  if (!hostname.endsWith('.salesforce.com')) return loginUrl;
  const isTest = hostname === 'test.salesforce.com' || /\.(sandbox|scratch)\.my\./.test(hostname);
  return isTest ? 'https://test.salesforce.com' : 'https://login.salesforce.com';
}
