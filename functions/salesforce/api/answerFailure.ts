import * as z from 'zod';
import { Failure, type FailureCode, type FailureOptions, type FieldError } from '../../../shared/failure.ts';
import { parseJson } from '../../../shared/parseJson.ts';
import { sentence } from '../../../shared/text.ts';
import type { UpstreamAnswer } from '../../../shared/upstream/http.ts';
import { refusal } from '../../../shared/upstream/refusal.ts';
import { saidIn } from '../../../shared/upstream/saidIn.ts';

const matchSchema = z.object({
  record: z.object({
    Id: z.string(),
    Name: z.string().nullish(),
    attributes: z.object({ type: z.string() }).nullish(),
  }),
});

/** https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm */
const errorSchema = z.object({
  errorCode: z.string().nullish(),
  message: z.string().nullish(),
  fields: z.array(z.string()).nullish(),
  duplicateResult: z
    .object({
      allowSave: z.boolean().nullish(),
      matchResults: z.array(z.object({ matchRecords: z.array(matchSchema).catch([]) })).catch([]),
    })
    .nullish()
    .catch(undefined),
});

/** Where an answer holds errors beside its own: results of saving, and the user interface's API. */
const nestedSchema = z.object({
  statusCode: z.string().optional().catch(undefined),
  errors: z.array(z.unknown()).catch([]),
  fieldErrors: z.record(z.string(), z.array(z.unknown())).catch({}),
  output: z.unknown().optional(),
});

type SalesforceError = z.output<typeof errorSchema>;

interface Meaning {
  /** Matches Salesforce's error code. */
  errorCode: RegExp;
  message?: RegExp;
  code: FailureCode;
  /** What to do. Salesforce's own message goes before it where `says` is true. */
  cure: string;
  says?: boolean;
  options?: FailureOptions;
}

/** Stands in for an error code of Salesforce's where this service itself refuses to ask. */
export const closedByPolicy = 'CLOSED_BY_POLICY';

/** How Salesforce's error codes are answered; the first match is used. `message` distinguishes errors that share a code. */
const meanings: readonly Meaning[] = [
  {
    errorCode: /^REQUEST_LIMIT_EXCEEDED$/,
    message: /concurrent/i,
    code: 'rate_limited',
    cure: 'This org has reached the limit of concurrent long requests in Salesforce. Try again in half a minute.',
    options: { retryAfterSeconds: 30 },
  },
  {
    // Reports: 20 at once and 500 an hour; dashboards: 200 refreshes an hour.
    errorCode: /^(FORBIDDEN|BAD_REQUEST|LIMIT_EXCEEDED|REQUEST_LIMIT_EXCEEDED)$/,
    message:
      /reports (?:synchronously|running|can run|at a time|concurrently|simultaneously)|dashboard refresh|refresh (?:more|dashboards)/i,
    code: 'rate_limited',
    cure: 'Salesforce runs 20 reports at once and 500 an hour, and refreshes 200 dashboards an hour. Try again in a few minutes.',
    says: true,
    options: { retryAfterSeconds: 300 },
  },
  {
    errorCode: /^REQUEST_LIMIT_EXCEEDED$/,
    code: 'rate_limited',
    cure: 'This org has used up its Salesforce API calls. Try again in an hour, or ask a Salesforce administrator for a higher limit.',
    options: { retryAfterSeconds: 3600 },
  },
  {
    errorCode:
      /^(INVALID_SESSION_ID|API_DISABLED_FOR_ORG|API_CURRENTLY_DISABLED|INVALID_OPERATION_WITH_EXPIRED_PASSWORD)$/,
    code: 'upstream_auth_failed',
    cure: 'Salesforce does not let this service use its API. An administrator must give its user the permission API Enabled, its app the OAuth scope api, and see that the edition of the org has the API.',
    says: true,
  },
  {
    errorCode:
      /^(LOGIN_MUST_USE_SECURITY_TOKEN|INVALID_LOGIN|PASSWORD_LOCKOUT|RESTRICTED_PROFILE|LOGIN_DURING_RESTRICTED\w*)$/,
    code: 'upstream_auth_failed',
    cure: 'Salesforce does not let the user of this service in. An administrator must look at its login history, login hours and IP ranges.',
    says: true,
  },
  {
    errorCode: /^(ORG_LOCKED|INACTIVE_ORG\w*|ORGANIZATION_\w+|TRIAL_EXPIRED)$/,
    code: 'misconfigured',
    cure: 'The Salesforce org in SALESFORCE_LOGIN_URL is locked or not active. A Salesforce administrator must see to it.',
    says: true,
  },
  {
    errorCode: /^(URL_NOT_RESET|UNSUPPORTED_API_VERSION|INVALID_VERSION)$/,
    code: 'misconfigured',
    cure: 'An administrator must check SALESFORCE_LOGIN_URL, which is the My Domain address of the org, and SALESFORCE_API_VERSION.',
    says: true,
  },
  {
    errorCode:
      /^INSUFFICIENT_ACCESS|^(CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY_NO_ACCESS|NO_ACCESS|FUNCTIONALITY_NOT_ENABLED)$/,
    code: 'forbidden',
    cure: 'The Salesforce user that this service runs as may not do that. Ask the owner of the record or a Salesforce administrator.',
    says: true,
  },
  {
    errorCode: /^(OP_WITH_INACTIVE_USER_EXCEPTION|INACTIVE_OWNER_OR_USER)$/,
    code: 'invalid_input',
    cure: 'Who has left can own nothing: give an owner who is active.',
    says: true,
  },
  {
    errorCode: /^ENTITY_IS_DELETED$/,
    code: 'not_found',
    cure: 'The record was deleted. Find another by name, or tell the user that it was deleted.',
  },
  {
    errorCode: /^DUPLICATE_(?!S)/,
    code: 'conflict',
    cure: 'Nothing was changed. Use the existing record, or ask the user what to do.',
    says: true,
  },
  {
    errorCode: /^UNABLE_TO_LOCK_ROW$/,
    code: 'conflict',
    cure: 'The record is locked by another change, so nothing was changed. Try again in a few seconds.',
    options: { retryable: true, retryAfterSeconds: 5 },
  },
  {
    errorCode: /^INVALID_QUERY_LOCATOR$/,
    code: 'invalid_input',
    cure: 'The list has expired in Salesforce. Leave pageToken out to start from the first page.',
  },
  {
    errorCode: /^(QUERY_TIMEOUT|QUERY_TOO_COMPLICATED|OPERATION_TOO_LARGE)$/,
    code: 'invalid_input',
    cure: 'The query is too large for Salesforce. Use a narrower filter or fewer fields.',
  },
  {
    errorCode: /^(INVALID_TYPE|INVALID_FIELD|INVALID_FIELD_FOR_INSERT_UPDATE)$/,
    code: 'invalid_input',
    cure: 'Check the names with describeObject; a field may also be hidden from the user that this service runs as.',
    says: true,
  },
  {
    errorCode: /^(MALFORMED_QUERY|MALFORMED_SEARCH|INVALID_SEARCH|INVALID_QUERY_FILTER_OPERATOR)$/,
    code: 'invalid_input',
    cure: 'Correct it and try again.',
    says: true,
  },
];

/** A record that a duplicate rule found. */
export interface Duplicate {
  objectType: string | undefined;
  recordId: string;
  name: string | undefined;
}

/** What a duplicate rule said of a record that was not saved. */
export class DuplicatesFound extends Error {
  readonly duplicates: readonly Duplicate[];
  readonly maySave: boolean;
  readonly said: string;

  constructor({ duplicates, maySave, said }: { duplicates: readonly Duplicate[]; maySave: boolean; said: string }) {
    super('400 DUPLICATES_DETECTED');
    this.duplicates = duplicates;
    this.maySave = maySave;
    this.said = said;
  }
}

const MAX_DUPLICATES = 5;

/** A duplicate rule's refusal: which records it found, and whether and how the record can be saved all the same. */
export function duplicatesFailure(cause: DuplicatesFound): Failure {
  const { duplicates, maySave, said } = cause;
  const named = duplicates
    .slice(0, MAX_DUPLICATES)
    .map(({ objectType = 'record', recordId, name }) =>
      [objectType, recordId, name && `(${name})`].filter(Boolean).join(' '),
    );
  const others = duplicates.length - named.length;
  const more = others > 0 ? ` and ${others} more` : '';
  const message = [
    said && `Salesforce says: ${said}`,
    named.length > 0 && `It matches ${named.join(', ')}${more}.`,
    'Nothing was saved.',
    maySave
      ? 'Use the existing record; or, where the user decides to save it all the same, try again with allowDuplicate=true, which this duplicate rule allows.'
      : 'This duplicate rule blocks it, so it cannot be saved here: use the existing record, or ask a Salesforce administrator.',
  ];
  return new Failure('conflict', message.filter(Boolean).join(' '), { cause });
}

/**
 * Converts Salesforce's refusal of a request. `thing` names what was asked for, "Account 001…"; undefined where it is
 * nothing that could be missing.
 */
export function answerFailure(
  { status, body }: Pick<UpstreamAnswer, 'status' | 'body'>,
  thing: string | undefined,
): Failure {
  return partFailure({ status, body: parseJson(body) }, thing);
}

/** The same for a part of a composite answer, whose body is parsed already. */
export function partFailure({ status, body }: { status: number; body: unknown }, thing: string | undefined): Failure {
  const errors = errorsIn(body);
  const said = (errors.map(sentenceOf).filter(Boolean).join(' ') || saidIn(body).join(' ')).trim();
  const fieldErrors = errors.flatMap((error): FieldError[] =>
    (error.fields ?? []).map(field => ({ field, message: sentenceOf(error) })),
  );
  const fail = (code: FailureCode, message: string, options: FailureOptions = {}) =>
    new Failure(code, message, {
      ...(code === 'invalid_input' && fieldErrors.length > 0 && { errors: fieldErrors }),
      cause: new Error([status, ...errors.map(({ errorCode }) => errorCode)].join(' ')),
      ...options,
    });

  // The transport handles these statuses for whole answers, but not for parts of a composite answer.
  if (status >= 500) return fail('upstream_error', `Salesforce failed (status ${status}). Try again in a minute.`);
  if (status === 429) return fail('rate_limited', 'Salesforce limits how often it is called. Try again in a minute.');
  if (isClosed(errors)) return fail('forbidden', said);
  if (errors.some(({ errorCode }) => errorCode === 'DUPLICATES_DETECTED'))
    return duplicatesFailure(found(errors, said));
  for (const { errorCode, message = /(?:)/, code, cure, says = false, options } of meanings) {
    if (!errors.some(error => errorCode.test(error.errorCode ?? '') && message.test(error.message ?? ''))) continue;
    return fail(code, [says && `Salesforce says: ${said}`, cure].filter(Boolean).join(' '), options);
  }
  if (status === 404 && thing === undefined && errors.length > 0) return versionUnknown(said);
  const { code, message, retryable, retryAfterSeconds, nothingDone } = refusal(status, {
    title: 'Salesforce',
    thing,
    said,
    isOwn: errors.length > 0,
    address: 'SALESFORCE_LOGIN_URL',
  });
  return fail(code, message, { retryable, nothingDone, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) });
}

/** Salesforce does not know what every org has in each version of the API that it offers. */
export function versionUnknown(said: string): Failure {
  return new Failure(
    'misconfigured',
    `Salesforce does not offer that version of its API at this org, so nothing is known of what was asked for. An administrator must correct SALESFORCE_API_VERSION, or remove it, and check SALESFORCE_LOGIN_URL.${said && ` Salesforce says: ${said}`}`,
    { nothingDone: true },
  );
}

/** True for a 404 that Salesforce gives for an unknown object as for an unknown version of its API. */
export function mayBeVersion({ status, body }: Pick<UpstreamAnswer, 'status' | 'body'>): boolean {
  return status === 404 && errorsIn(parseJson(body)).some(({ errorCode }) => errorCode === 'NOT_FOUND');
}

/** Salesforce's own codes of what an answer refuses. */
export const errorCodesIn = (value: unknown): string[] => errorsIn(value).flatMap(({ errorCode }) => errorCode ?? []);

/** What an answer that failed says, in a few sentences. */
export function saidBySalesforce(body: string): string {
  const value = parseJson(body);
  return errorsIn(value).map(sentenceOf).filter(Boolean).join(' ') || saidIn(value).join(' ');
}

const MAX_ERRORS = 10;
const MAX_DEPTH = 4;

/** The errors of an answer, in whichever form: a list, one alone, the result of saving, the user interface's API. */
function errorsIn(value: unknown, depth = 0): SalesforceError[] {
  if (depth > MAX_DEPTH) return [];
  if (Array.isArray(value)) return value.slice(0, MAX_ERRORS).flatMap(item => errorsIn(item, depth + 1));
  const { data: nested } = nestedSchema.safeParse(value);
  if (!nested) return [];
  const { data: own } = errorSchema.safeParse(value);
  const errorCode = own?.errorCode ?? nested.statusCode;
  const inner = [nested.errors, ...Object.values(nested.fieldErrors), nested.output].flatMap(part =>
    errorsIn(part, depth + 1),
  );
  return own && errorCode ? [{ ...own, errorCode }, ...inner] : inner;
}

function isClosed(errors: readonly SalesforceError[]): boolean {
  return errors.some(({ errorCode }) => errorCode === closedByPolicy);
}

/** Salesforce's error codes behind a failure. */
export function errorCodesOf({ cause }: Failure): string[] {
  return cause instanceof Error ? cause.message.split(' ').slice(1) : [];
}

/** True when Salesforce refused a change because the record was changed after it was read. */
export function isChangedMeanwhile(error: unknown): boolean {
  return error instanceof Failure && error.cause instanceof Error && /^412\b/.test(error.cause.message);
}

/** True when what was asked for does not exist or is hidden from the user, which Salesforce does not tell apart. */
export function isHidden({ cause }: Failure): boolean {
  return (
    cause instanceof Error &&
    /^4\d\d (INVALID_TYPE|INVALID_FIELD|INSUFFICIENT_ACCESS\w*|CLOSED_BY_POLICY)\b/.test(cause.message)
  );
}

/** True when an object that was asked for does not exist, or none of it is open to the user. */
export function isUnknownObject(error: unknown): boolean {
  return error instanceof Failure && error.cause instanceof Error && /^4\d\d INVALID_TYPE\b/.test(error.cause.message);
}

/** True when it is this service that keeps closed what was asked for. */
export function isClosedHere(error: unknown): boolean {
  return error instanceof Failure && error.cause instanceof Error && error.cause.message.endsWith(` ${closedByPolicy}`);
}

/** Salesforce's message, without the excerpt of the statement that may precede it. */
function sentenceOf({ message, errorCode }: SalesforceError): string {
  const said = message?.trim() || errorCode || '';
  return said && sentence(said.replace(/^[\s\S]*ERROR at Row:\d+:Column:\d+\s*/, '').replace(/\s+/g, ' '));
}

/** Where several rules refuse, each of them must let the record be saved. */
function found(errors: readonly SalesforceError[], said: string): DuplicatesFound {
  const refusals = errors.filter(({ errorCode }) => errorCode === 'DUPLICATES_DETECTED');
  const records = refusals.flatMap(({ duplicateResult }) =>
    (duplicateResult?.matchResults ?? []).flatMap(({ matchRecords }) => matchRecords.map(({ record }) => record)),
  );
  const duplicates = records.map(({ Id, Name, attributes }): [string, Duplicate] => [
    Id,
    { objectType: attributes?.type, recordId: Id, name: Name ?? undefined },
  ]);
  return new DuplicatesFound({
    duplicates: [...new Map(duplicates).values()],
    maySave: refusals.every(({ duplicateResult }) => duplicateResult?.allowSave === true),
    said,
  });
}
