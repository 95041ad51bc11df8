import { createPrivateKey, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { Failure } from '../../../shared/failure.ts';

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

/** RS256 takes no shorter ones. */
const MIN_KEY_BITS = 2048;

/** PKCS#1 or PKCS#8. */
function readPrivateKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(withLineBreaks(pem));
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    if (key.asymmetricKeyType === 'rsa' && bits >= MIN_KEY_BITS) return key;
  } catch {
    // What is wrong with a key is not for the log either.
  }
  throw new Failure(
    'misconfigured',
    'The secret salesforce-private-key is not an RSA private key of at least 2,048 bits. An administrator must set it to the whole PEM text, its first and last line included.',
  );
}

/** A key that was pasted on one line has its line breaks as `\n` or as spaces, and may be in quotes. */
function withLineBreaks(pem: string): string {
  const text = pem.replace(/\\[rn]/g, '\n');
  const [begin = ''] = /-----BEGIN [A-Z ]{1,40}-----/.exec(text) ?? [];
  const [end = ''] = /-----END [A-Z ]{1,40}-----/.exec(text) ?? [];
  const body = text.slice(text.indexOf(begin) + begin.length, text.indexOf(end));
  return [begin, body.trim().replace(/\s+/g, '\n'), end].join('\n');
}

/** Assertions are made out to the login service, not to a My Domain. */
function audience(loginUrl: string): string {
  const { hostname } = new URL(loginUrl);
  if (!hostname.endsWith('.salesforce.com')) return loginUrl;
  const isTest = hostname === 'test.salesforce.com' || /\.(sandbox|scratch)\.my\./.test(hostname);
  return isTest ? 'https://test.salesforce.com' : 'https://login.salesforce.com';
}
