import { Failure } from '../../../shared/failure.ts';
import { parseJson } from '../../../shared/parseJson.ts';
import { bearerError } from '../../../shared/upstream/bearerError.ts';
import type { UpstreamAnswer } from '../../../shared/upstream/http.ts';
import type { SalesforceSettings } from '../settings.ts';
import { errorCodesIn, errorCodesOf, saidBySalesforce } from './answerFailure.ts';

/** Of a session that is good, but not for this: another one would be like it. */
const notForApi = /not valid for use with the (?:REST )?API|session security level|high.assurance/i;

/** What Salesforce has against users who may not use its API at all, or not from here or now. */
const apiClosed = /^(?:API_DISABLED_FOR_ORG|API_CURRENTLY_DISABLED)$/;
const userClosed =
  /^(?:INVALID_OPERATION_WITH_EXPIRED_PASSWORD|INVALID_LOGIN|PASSWORD_LOCKOUT|RESTRICTED_PROFILE|LOGIN_DURING_RESTRICTED\w*|LOGIN_MUST_USE_SECURITY_TOKEN)$/;

/** What Salesforce has against a session that signing in again would not mend; undefined where it may. */
export function sessionFailure(
  { status, headers, body }: Pick<UpstreamAnswer, 'status' | 'headers' | 'body'>,
  { SALESFORCE_AUTH }: Pick<SalesforceSettings, 'SALESFORCE_AUTH'>,
): Failure | undefined {
  if (status !== 401 && status !== 403) return undefined;
  const challenge = bearerError(headers);
  const said = saidBySalesforce(body) || (challenge.description ?? '');
  const because = said && ` Salesforce says: ${said}`;
  const cause = new Error(`status ${status}`);
  const lacksScope = challenge.error === 'insufficient_scope' || /insufficient.?scope/i.test(said);
  const scope = (challenge.scope ?? 'api').replaceAll(' ', ' and ');
  if (SALESFORCE_AUTH === 'caller') {
    const told = callersFailure({ lacksScope, scope, said, codes: errorCodesIn(parseJson(body)) });
    return told === undefined ? undefined : new Failure('forbidden', `${told}${because}`, { cause });
  }
  if (lacksScope) {
    return new Failure(
      'upstream_auth_failed',
      `The app of this service in Salesforce lacks the OAuth scope ${scope}. An administrator must add it to the External Client App; another secret does not help.${because}`,
      { cause },
    );
  }
  if (!notForApi.test(said)) return undefined;
  return new Failure(
    'upstream_auth_failed',
    `Salesforce does not let the session of this service use its API. An administrator must give the user the permission API Enabled, the app the OAuth scope api and relaxed IP restrictions, and not demand a high-assurance session of the user's profile; another secret does not help.${because}`,
    { cause },
  );
}

/** The same of a part of an answer, such as one of many records that are saved; a failure of another kind stays as it is. */
export function callersPartFailure(failure: Failure): Failure {
  const codes = errorCodesOf(failure);
  const { cause } = failure;
  if (codes.includes('INVALID_SESSION_ID')) {
    return new Failure(
      'unauthenticated',
      'The sign-in at Salesforce has ended, or Salesforce refuses it. The user must sign in at Salesforce again.',
      { cause, isOwn: true },
    );
  }
  const told = callersFailure({ lacksScope: false, scope: '', said: '', codes });
  return told === undefined ? failure : new Failure('forbidden', told, { cause });
}

interface Refused {
  lacksScope: boolean;
  scope: string;
  said: string;
  codes: readonly string[];
}

/** The same of a caller's own sign-in, which is another one's fault than that of this service. */
function callersFailure({ lacksScope, scope, said, codes }: Refused): string | undefined {
  if (lacksScope) return scopeCure(scope);
  if (notForApi.test(said)) {
    return `Salesforce does not let this sign-in use its API. ${scopeCure('api')} A Salesforce administrator must also relax the app's IP restrictions, and not demand a high-assurance session of the user's profile.`;
  }
  if (codes.some(code => apiClosed.test(code))) {
    return 'Salesforce does not let the user who signed in use its API. A Salesforce administrator must give that user the permission API Enabled, and see that the edition of the org has the API.';
  }
  if (codes.some(code => userClosed.test(code)) || (/\bip\b/i.test(said) && /restrict/i.test(said))) {
    return 'Salesforce does not let the user who signed in use it from here or now. A Salesforce administrator must look at the login hours, IP ranges and password of that user, and add the addresses of this service to the IP ranges, or relax the IP restrictions of the app.';
  }
  return undefined;
}

/** What to do about a scope that a caller's sign-in lacks. */
export const scopeCure = (scope: string): string =>
  `The user's sign-in lacks the OAuth scope ${scope}. The user must sign in at Salesforce again and agree to all that is asked for; if that does not help, an administrator must add the scope to the connector and to its app in Salesforce.`;
