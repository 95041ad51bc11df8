import { Failure } from '../../../shared/failure.ts';
import { bearerError } from '../../../shared/upstream/bearerError.ts';
import type { UpstreamAnswer } from '../../../shared/upstream/http.ts';
import { saidBySalesforce } from './answerFailure.ts';

/** Of a session that is good, but not for this: another one would be like it. */
const notForApi = /not valid for use with the (?:REST )?API|session security level|high.assurance/i;

/** What Salesforce has against a session that signing in again would not mend; undefined where it may. */
export function sessionFailure({ status, headers, body }: UpstreamAnswer): Failure | undefined {
  if (status !== 401 && status !== 403) return undefined;
  const challenge = bearerError(headers);
  const said = saidBySalesforce(body) || (challenge.description ?? '');
  const because = said && ` Salesforce says: ${said}`;
  const cause = new Error(`status ${status}`);
  if (challenge.error === 'insufficient_scope' || /insufficient.?scope/i.test(said)) {
    return new Failure(
      'upstream_auth_failed',
      `The app of this service in Salesforce lacks the OAuth scope ${(challenge.scope ?? 'api').replaceAll(' ', ' and ')}. An administrator must add it to the External Client App; another secret does not help.${because}`,
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
