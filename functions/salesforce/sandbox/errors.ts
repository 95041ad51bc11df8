/** One entry of the array that answers a refused request. */
export interface ApiError {
  message: string;
  errorCode: string;
  fields?: string[];
}

/** An error answer of Salesforce: thrown anywhere, turned into an answer in one place. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>[];

  constructor(status: number, error: ApiError & Record<string, unknown>) {
    super(error.message);
    this.status = status;
    this.body = [error];
  }
}

const refusal =
  (status: number, errorCode: string) =>
  (message: string, fields?: string[]): Refusal =>
    new Refusal(status, fields ? { message, errorCode, fields } : { message, errorCode });

export const badRequest = refusal(400, 'BAD_REQUEST');
export const jsonParserError = refusal(400, 'JSON_PARSER_ERROR');
export const malformedId = refusal(400, 'MALFORMED_ID');
export const malformedSearch = refusal(400, 'MALFORMED_SEARCH');
export const writeRefused = (errorCode: string, message: string, fields: string[] = []): Refusal =>
  new Refusal(400, { message, errorCode, fields });

export const notFound = (message = 'The requested resource does not exist'): Refusal =>
  new Refusal(404, { errorCode: 'NOT_FOUND', message });

export const entityIsDeleted = (): Refusal =>
  new Refusal(404, { errorCode: 'ENTITY_IS_DELETED', message: 'entity is deleted', fields: [] });

export const noAccess = (): Refusal =>
  new Refusal(403, {
    message: 'insufficient access rights on object id',
    errorCode: 'INSUFFICIENT_ACCESS_OR_READONLY',
    fields: [],
  });

export const noAccessToReferred = (): Refusal =>
  new Refusal(403, {
    message: 'insufficient access rights on cross-reference id',
    errorCode: 'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY',
    fields: [],
  });

export const mayNotRun = (): Refusal =>
  new Refusal(403, {
    errorCode: 'FORBIDDEN',
    message: 'You don’t have sufficient privileges to perform this operation.',
  });

export const invalidSession = (): Refusal =>
  new Refusal(401, { message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' });

/** Of a token without the scope `api`. */
export const notForApi = (): Refusal =>
  new Refusal(401, { message: 'This session is not valid for use with the REST API', errorCode: 'INVALID_SESSION_ID' });

/** Of a user without the permission API Enabled. */
export const apiDisabled = (): Refusal =>
  new Refusal(403, { message: 'The REST API is not enabled for this User.', errorCode: 'API_DISABLED_FOR_ORG' });

export const methodNotAllowed = (method: string, allowed: string[]): Refusal =>
  new Refusal(405, {
    errorCode: 'METHOD_NOT_ALLOWED',
    message: `HTTP Method '${method}' not allowed. Allowed are ${allowed.join(',')}`,
  });

export const noSuchObject = (objectType: string): Refusal =>
  refusal(400, 'INVALID_TYPE')(`sObject type '${objectType}' is not supported.`);

export const invalidQueryLocator = (): Refusal => refusal(400, 'INVALID_QUERY_LOCATOR')('invalid query locator');

const appendSuffix = (kind: string, suffix: string, what: string) =>
  `If you are attempting to use a custom ${kind}, be sure to append the '${suffix}' after the ${what} name. ` +
  'Please reference your WSDL or the describe call for the appropriate names.';

/** Refuses a SOQL statement with a message that points at `token`, as Salesforce does. */
export function soqlRefusal(
  errorCode: 'MALFORMED_QUERY' | 'INVALID_FIELD' | 'INVALID_TYPE' | 'INVALID_QUERY_FILTER_OPERATOR',
  soql: string,
  token: string,
  sentence: string,
): Refusal {
  const found = token === '' ? -1 : soql.search(new RegExp(`(?<!\\w)${token.replace(/\W/g, '\\$&')}(?!\\w)`));
  const column = found < 0 ? soql.length : found;
  const from = Math.max(0, column - 30);
  const context = `${soql.slice(from, column + 30)}\n${' '.repeat(column - from)}^`;
  const message = `\n${context}\nERROR at Row:1:Column:${column + 1}\n${sentence}`;
  return refusal(400, errorCode)(message);
}

export const noSuchColumn = (soql: string, column: string, entity: string): Refusal =>
  soqlRefusal(
    'INVALID_FIELD',
    soql,
    column,
    `No such column '${column}' on entity '${entity}'. ${appendSuffix('field', '__c', 'custom field')}`,
  );

export const noSuchRelationship = (soql: string, relationship: string): Refusal =>
  soqlRefusal(
    'INVALID_FIELD',
    soql,
    relationship,
    `Didn't understand relationship '${relationship}' in field path. ${appendSuffix('relationship', '__r', 'custom relationship')}`,
  );

export const noSuchChildren = (soql: string, relationship: string): Refusal =>
  soqlRefusal(
    'INVALID_TYPE',
    soql,
    relationship,
    `Didn't understand relationship '${relationship}' in FROM part of query call. ${appendSuffix('relationship', '__r', 'custom relationship')}`,
  );

export const noSuchType = (soql: string, objectType: string): Refusal =>
  soqlRefusal(
    'INVALID_TYPE',
    soql,
    objectType,
    `sObject type '${objectType}' is not supported. ${appendSuffix('object', '__c', 'entity')}`,
  );

/** Salesforce's error codes for `refuseNext`: failures that the request is not to blame for. */
export const outages = {
  REQUEST_LIMIT_EXCEEDED: { status: 403, message: 'TotalRequests Limit exceeded.' },
  SERVER_UNAVAILABLE: { status: 503, message: 'Server is too busy to handle the request' },
  QUERY_TIMEOUT: { status: 400, message: 'Your query request was running for too long.' },
  UNABLE_TO_LOCK_ROW: { status: 400, message: 'unable to obtain exclusive access to this record' },
  API_DISABLED_FOR_ORG: { status: 403, message: 'The REST API is not enabled for this Organization.' },
  UNKNOWN_EXCEPTION: {
    status: 500,
    message: 'An unexpected error occurred. Please include this ErrorId if you contact support: 1234567890-1 (-1)',
  },
} as const;
