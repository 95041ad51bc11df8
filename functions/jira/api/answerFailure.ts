import * as z from 'zod';
import { Failure, type FieldError } from '../../../shared/failure.ts';
import { parseJson } from '../../../shared/parseJson.ts';
import { quoted, sentence } from '../../../shared/text.ts';
import type { UpstreamAnswer } from '../../../shared/upstream/http.ts';
import { refusal } from '../../../shared/upstream/refusal.ts';

/** https://developer.atlassian.com/cloud/jira/platform/rest/v3/intro/#status-codes */
const errorCollection = z.object({
  errorMessages: z.array(z.string()).nullish(),
  errors: z.record(z.string(), z.string()).nullish(),
});

/** Jira answers a search or create metadata for an unknown project with 400, not 404. */
const unknownProject = [
  /^(?:The value|A value with ID) '(.+)' does not exist for the field 'project'/,
  /^No project could be found with (?:key|id) '(.+)'/,
];

/** A person whom a query names. */
const unknownPerson = /^The value '(.+)' does not exist for the field '(?:assignee|reporter|creator|watcher|voter)'/;

const MAX_SENTENCES = 10;

/** The failure for an error answer of Jira to a request to `path`. It repeats Jira's own messages, never the whole answer. */
export function answerFailure({ status, body }: UpstreamAnswer, path: string): Failure {
  const { messages, errors } = readErrors(body);
  const told = [...messages, ...errors.map(({ field, message }) => `${field}: ${message}`)].join(' ');

  const missingProject = messages.flatMap(message => unknownProject.map(form => form.exec(message)?.[1])).find(Boolean);
  if (missingProject) {
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
  const failure = refusal(status, { title: 'Jira', thing: thingAt(path), said: told });
  if (failure.code !== 'invalid_input' || errors.length === 0) return failure;
  // Messages that belong to no field are listed beside those that do.
  return new Failure('invalid_input', failure.message, {
    cause: failure.cause,
    errors: [...messages.map(message => ({ field: '', message })), ...errors],
  });
}

function readErrors(body: string): { messages: string[]; errors: FieldError[] } {
  const { data } = errorCollection.safeParse(parseJson(body));
  return {
    messages: (data?.errorMessages ?? []).slice(0, MAX_SENTENCES).map(sentence),
    errors: Object.entries(data?.errors ?? {})
      .slice(0, MAX_SENTENCES)
      .map(([field, message]) => ({ field, message: sentence(message) })),
  };
}

/** Names what a path is about: `/rest/api/3/issue/ABC-12/comment` is "Jira issue ABC-12". */
function thingAt(path: string): string {
  const [, kind, name] = /\/(project|issue)\/([^/]+)/.exec(path.replace('/issue/createmeta/', '/project/')) ?? [];
  return kind && name ? `Jira ${kind} ${name}` : 'such thing in Jira';
}
