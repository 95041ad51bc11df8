import * as z from 'zod';
import type { Call } from '../../../shared/call.ts';
import type { Account } from '../../../shared/caller/caller.ts';
import { Failure } from '../../../shared/failure.ts';
import { parseJson } from '../../../shared/parseJson.ts';
import type { UpstreamAnswer } from '../../../shared/upstream/http.ts';
import type { SalesforceParts } from '../settings.ts';
import { answerFailure, saidBySalesforce, versionUnknown } from './answerFailure.ts';
import { longRecordId } from './recordId.ts';
import { scopeCure, sessionFailure } from './sessionFailure.ts';
import { salesforceCredentials } from './signIn.ts';
import { openVersions } from './versions.ts';
import { read } from './wire.ts';

const accountSchema = z.object({
  user_id: z.string().regex(/^005\w{12}(?:\w{3})?$/),
  organization_id: z.string().regex(/^00D\w{12}(?:\w{3})?$/),
  name: z.string().nullish(),
  preferred_username: z.string().nullish(),
  active: z.boolean().nullish(),
  urls: z
    .object({ custom_domain: z.url().nullish().catch(undefined) })
    .nullish()
    .catch(undefined),
});

/**
 * Whose the caller's access token is. Only the My Domain in the settings is asked, and only its answer counts.
 * https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_using_userinfo_endpoint.htm
 * @throws Failure `unauthenticated` for a token that Salesforce refuses; `forbidden` for one of another org, or without a scope
 */
export function whoIs(parts: SalesforceParts, call: Call): Promise<Account> {
  const { settings, upstream } = parts;
  return salesforceCredentials(parts).authorized(call, async ({ value, instanceUrl }) => {
    const answer = await upstream.send(
      {
        method: 'GET',
        url: `${instanceUrl}/services/oauth2/userinfo`,
        headers: { authorization: `Bearer ${value}`, accept: 'application/json' },
        safe: true,
        address: 'SALESFORCE_LOGIN_URL',
        says: saidBySalesforce,
      },
      call,
    );
    if (answer.status >= 400) throw refused(answer, parts);
    const { user_id, organization_id, name, preferred_username, active, urls } = read(
      accountSchema,
      parseJson(answer.body),
    );
    if (active === false) throw inactive();
    const home = urls?.custom_domain;
    if (home && new URL(home).hostname !== new URL(settings.SALESFORCE_LOGIN_URL).hostname) throw ofOtherOrg();
    const called = name ?? preferred_username;
    return {
      id: longRecordId(user_id),
      site: longRecordId(organization_id),
      ...(called && { name: called }),
    };
  });
}

/**
 * What Salesforce's identity service has against a token, in a word of plain text:
 * https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_using_openid.htm
 */
function refused(answer: UpstreamAnswer, { settings }: SalesforceParts): Failure {
  const { status, body } = answer;
  const word = /^\s*"?(\w{1,40})"?\s*$/.exec(body.slice(0, 60))?.[1] ?? '';
  if (/scope/i.test(word)) return new Failure('forbidden', scopeCure('id'), { cause: new Error(`${status} ${word}`) });
  if (/^wrong_org$/i.test(word)) return ofOtherOrg();
  if (status === 404 && word !== '') return inactive();
  const failure = sessionFailure(answer, settings);
  if (failure) return failure;
  if (status === 401 || /^(?:bad|missing)_oauth_token$/i.test(word)) {
    return new Failure(
      'unauthenticated',
      'The sign-in at Salesforce has ended, or Salesforce refuses it. The user must sign in at Salesforce again. If that does not help, an administrator must see that the connector and its app in Salesforce have the OAuth scopes api and id.',
      { cause: new Error(`${status} ${word}`), isOwn: true },
    );
  }
  return answerFailure(answer, undefined);
}

const ofOtherOrg = () =>
  new Failure(
    'forbidden',
    'This sign-in is of another Salesforce org than the one that this service is for. The user must sign in at the org that an administrator has set in SALESFORCE_LOGIN_URL.',
  );

const inactive = () =>
  new Failure(
    'forbidden',
    'Salesforce does not let the user who signed in use it any more. A Salesforce administrator must see that the user and the org are active.',
  );

/**
 * What can be known of the org without anybody's sign-in.
 * @throws Failure where SALESFORCE_LOGIN_URL does not lead to an org, or the org does not offer the version of the API
 */
export async function checkOrg({ settings, upstream }: SalesforceParts, call: Call): Promise<string> {
  const versions = openVersions({ settings, upstream });
  const offered = await versions.read(settings.SALESFORCE_LOGIN_URL, call);
  if (!offered) {
    throw new Failure(
      'misconfigured',
      'SALESFORCE_LOGIN_URL does not lead to a Salesforce org. An administrator must set it to the My Domain address of the org.',
    );
  }
  if (!offered.includes(settings.SALESFORCE_API_VERSION)) throw versionUnknown('');
  return 'Nobody: each caller signs in at Salesforce themselves.';
}
