import { Failure, type FieldError } from '../../../shared/failure.ts';
import { parseJson } from '../../../shared/parseJson.ts';
import { quoted } from '../../../shared/text.ts';
import type { UpstreamAnswer } from '../../../shared/upstream/http.ts';
import { refusal } from '../../../shared/upstream/refusal.ts';
import { saidIn, saidInBody } from '../../../shared/upstream/saidIn.ts';

/** Jira answers a search or create metadata for an unknown project with 400, not 404. */
const unknownProject = [
  /^(?:The value|A value with ID) '(.+)' does not exist for the field 'project'/,
  /^No project could be found with (?:key|id) '(.+)'/,
];

/** A person whom a query names. */
const unknownPerson = /^The value '(.+)' does not exist for the field '(?:assignee|reporter|creator|watcher|voter)'/;

const MAX_SENTENCES = 10;

/**
 * The failure for an error answer of Jira to a request to `path`. It repeats Jira's own messages, never the whole answer.
 * `address` is the setting that the address of Jira comes from.
 */
export function answerFailure({ status, body }: UpstreamAnswer, path: string, address: string): Failure {
  const { messages, errors, isJiras } = readErrors(body);
  const told = [...messages, ...errors.map(({ field, message }) => `${field}: ${message}`)].join(' ');
  const isAboutSite = isSaidOfSite(told);

  const missingProject = messages.flatMap(message => unknownProject.map(form => form.exec(message)?.[1])).find(Boolean);
  if (missingProject && !isAboutSite) {
    return new Failure(
      'not_found',
      `There is no Jira project ${missingProject} that this service may see. Check its key.`,
    );
  }
  const missingPerson = messages.map(message => unknownPerson.exec(message)?.[1]).find(Boolean);
  if (missingPerson) {
    const advice = 'Check the name with findUsers, or give the e-mail address or the account ID.';
    return new Failure('not_found', `No user in Jira matches ${quoted(missingPerson)}. ${advice}`);
  }
  const failure = refusal(status, {
    title: 'Jira',
    thing: thingAt(path),
    said: told,
    isOwn: !isAboutSite && (isJiras || aboutThing.test(told)),
    address,
  });
  if (failure.code !== 'invalid_input' || errors.length === 0) return failure;
  // Messages that belong to no field are listed beside those that do.
  return new Failure('invalid_input', failure.message, {
    cause: failure.cause,
    errors: [...messages.map(message => ({ field: '', message })), ...errors],
  });
}

/** What the edge of Atlassian's cloud says of a site that is suspended, renamed or unknown, and of a path that is none. */
const site = /\b(?:site|instance|tenant|cloud)\b/i;
const gone = /\b(?:unavailable|suspended|deactivated|renamed|moved|no longer|no (?:site|tenant|cloud|instance))\b/i;
const isSaidOfSite = (said: string) => (site.test(said) && gone.test(said)) || said.includes(' for uri:');

/** Of a 404 in another form than Jira's usual one: it is about what was asked for, and not about a path. */
const aboutThing =
  /\bdoes ?n[o']t exist\b|\bcould not be found\b|\bcannot be found\b|\bcan't be found\b|\bpermission\b/i;

/** What Jira says in an answer that failed, as a few sentences. */
export function saidByJira(body: string): string {
  return saidInBody(body).join(' ');
}

/**
 * The platform's form is `{ errorMessages, errors }`, the service desk's `{ errorMessage, i18nErrorMessage }`.
 * https://developer.atlassian.com/cloud/jira/platform/rest/v3/intro/#status-codes
 * https://developer.atlassian.com/cloud/jira/service-desk/rest/intro/#status-codes
 */
function readErrors(body: string): { messages: string[]; errors: FieldError[]; isJiras: boolean } {
  const value = parseJson(body);
  if (!isRecord(value)) return { messages: saidInBody(body), errors: [], isJiras: false };
  const { errors, ...rest } = value;
  const isByField = isRecord(errors);
  const messages = saidIn(isByField ? rest : value);
  return {
    messages,
    errors: (isByField ? Object.entries(errors) : [])
      .slice(0, MAX_SENTENCES)
      .map(([field, message]) => ({ field, message: saidIn(message).join(' ') }))
      .filter(({ message }) => message !== ''),
    isJiras: Array.isArray(value.errorMessages) || isByField || 'i18nErrorMessage' in value,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What has no one thing for its subject, so that a 404 cannot be about that. */
const lists =
  /^\/rest\/[\w.]+\/[\w.]+\/(?:search\/|project\/search$|myself$|mypermissions$|permissions|field|issueLinkType$|issuetype$|priority|status|resolution|jql\/|serverInfo$|user\/search|users|changelog\/bulkfetch$|comment\/list$|issue\/bulk(?:fetch)?$|label$|filter\/search$|servicedesk$|board$|info$)/;

/** Names what a path is about: `/rest/api/3/issue/ABC-12/comment` is "Jira issue ABC-12"; undefined for a list. */
function thingAt(path: string): string | undefined {
  if (lists.test(path)) return undefined;
  const [, kind, name] = /\/(project|issue)\/([^/]+)/.exec(path.replace('/issue/createmeta/', '/project/')) ?? [];
  return kind && name ? `Jira ${kind} ${name}` : 'such thing in Jira';
}
