import { Failure, type FailureCode } from '../../../shared/failure.ts';
import { bearerError } from '../../../shared/upstream/bearerError.ts';
import type { UpstreamAnswer } from '../../../shared/upstream/http.ts';
import type { JiraSettings } from '../settings.ts';
import { saidByJira } from './answerFailure.ts';

interface Refusal {
  /** Matches what Jira, or the gateway before it, says. */
  says: RegExp;
  code: FailureCode;
  /** What is so, and what an administrator must do; Jira's own words go behind it. */
  told(settings: JiraSettings): string;
  /** The same where callers sign in at Jira themselves. */
  callers?: { code: FailureCode; told(settings: JiraSettings): string };
}

const accounts = {
  basic: 'the account in JIRA_EMAIL',
  'service-account': 'the service account',
  caller: 'the user',
} as const satisfies Record<JiraSettings['JIRA_AUTH'], string>;

/** What Jira has against a sign-in that another token of the same kind would not mend; the first that fits counts. */
const refusals: readonly Refusal[] = [
  {
    says: /\bIP (?:address(?:es)?|ranges?|allow-?list|restrict\w*)\b|\byour IP\b|\ballow-?list/i,
    code: 'upstream_auth_failed',
    told: () =>
      "Jira does not let this service in from its network address. An administrator of the Atlassian organisation must add this service's outbound addresses to the IP allowlist.",
  },
  {
    says: /\bapp\b.{0,60}\b(?:blocked|not installed|not allowed|disabled)\b|\bblocked\b.{0,30}\b(?:app|admin\w*|user)\b|ADMIN_BLOCKED|USER_BLOCKED/i,
    code: 'upstream_auth_failed',
    told: () =>
      'The access of this service to Jira was blocked. An administrator of the Atlassian organisation must allow the app, or the API tokens, of its account.',
    callers: {
      code: 'forbidden',
      told: ({ JIRA_BASE_URL }) =>
        `The user's sign-in is not for ${JIRA_BASE_URL}, or the app by which they signed in is blocked there. The user must sign in at Jira again and choose that site; if that does not help, an administrator of the Atlassian organisation must allow the app.`,
    },
  },
  {
    says: /\blicen[cs]e|\b(?:not permitted|no permission|not have (?:permission|access)) to (?:use |access )?(?:Jira|the (?:site|product|application))\b|\bapplication access\b/i,
    code: 'forbidden',
    told: settings =>
      `Jira does not count ${accounts[settings.JIRA_AUTH]} among those who may use it. An administrator must give it access to the product, with a licence; in service projects that is an agent's licence.`,
  },
  {
    says: /\bbasic auth\w*\b.{0,40}\bpassword|Connect Session Auth Token/i,
    code: 'upstream_auth_failed',
    told: () =>
      'Jira does not take this kind of sign-in. An administrator must set the secret jira-api-token to an API token, not a password, and JIRA_EMAIL to the address of the account that it belongs to.',
  },
];

const aboutScope = /\bscopes?\b/i;
const lacking = /\b(?:not match|missing|lacks?|required?|requires|insufficient|not granted)\b/i;
const lacksScope = (said: string) =>
  /insufficient.?scope/i.test(said) || said.split(/[.\n]/).some(each => aboutScope.test(each) && lacking.test(each));

/**
 * What Jira has against the sign-in where the secret is not at fault; undefined where it may be, or it is about something
 * else. `scope` is what the request needs.
 */
export function signInFailure(
  { status, headers, body }: UpstreamAnswer,
  { settings, scope, safe }: { settings: JiraSettings; scope: string; safe: boolean },
): Failure | undefined {
  const reason = headers.get('x-seraph-loginreason') ?? '';
  const denied = `${reason} ${headers.get('x-authentication-denied-reason') ?? ''}`;
  const isCallers = settings.JIRA_AUTH === 'caller';
  // Who is denied may be answered as nobody, who sees nothing. A change that was made was made all the same.
  if (/AUTHENTICATION_DENIED|CAPTCHA/.test(denied) && (safe || status >= 400)) {
    const cause = new Error(`status ${status} ${denied.trim()}`);
    if (isCallers) {
      const message =
        'After failed sign-ins Jira wants the user to sign in there once, in a browser, and solve its CAPTCHA. Say so to the user.';
      return new Failure('forbidden', message, { cause });
    }
    return new Failure(
      'upstream_auth_failed',
      `After failed sign-ins Jira wants a person to sign in as ${accounts[settings.JIRA_AUTH]} once, in a browser, and solve its CAPTCHA. An administrator must do that, and stop whatever uses a wrong token; a new token does not help.`,
      { cause },
    );
  }
  if (status !== 401 && status !== 403) return undefined;
  const challenge = bearerError(headers);
  const said = saidByJira(body) || (challenge.description ?? '');
  const because = said && ` Jira says: ${said}`;
  const cause = new Error(`status ${status}`);
  if (challenge.error === 'insufficient_scope' || lacksScope(said)) {
    const scopes = (challenge.scope ?? scope).replaceAll(' ', ' and ');
    if (isCallers) {
      return new Failure(
        'forbidden',
        `The user's sign-in at Jira lacks the scope ${scopes}, which Jira wants for that, or is not for ${settings.JIRA_BASE_URL}. The user must sign in at Jira again, choose that site and agree to all that is asked for; if that does not help, an administrator must add the scope to the connector and to its app at Atlassian.${because}`,
        { cause },
      );
    }
    return new Failure(
      'upstream_auth_failed',
      `The token of this service lacks the scope ${scopes}, which Jira wants for that. An administrator must give it that scope, which is chosen where the token is made; one with the same scopes as now does not help.${because}`,
      { cause },
    );
  }
  const known = refusals.find(({ says }) => says.test(said));
  const { code, told } = (isCallers ? known?.callers : undefined) ?? known ?? {};
  return code && told && new Failure(code, `${told(settings)}${because}`, { cause });
}
