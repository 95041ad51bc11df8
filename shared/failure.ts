import { beginning } from './text.ts';

/** Every way a call can fail, with the HTTP status and whether the same call may succeed if it is made again later. */
export const failureCodes = {
  invalid_input: { status: 400, title: 'The input is not valid', retryable: false },
  unauthenticated: { status: 401, title: 'The caller is not signed in', retryable: false },
  forbidden: { status: 403, title: 'The caller may not do this', retryable: false },
  not_found: { status: 404, title: 'There is no such thing', retryable: false },
  ambiguous: { status: 409, title: 'Several things match', retryable: false },
  conflict: { status: 409, title: 'It has changed, or is already so', retryable: false },
  rate_limited: { status: 429, title: 'The upstream limits how often it is called', retryable: true },
  misconfigured: { status: 500, title: 'A setting or secret is missing or wrong', retryable: false },
  internal: { status: 500, title: 'This service failed', retryable: false },
  upstream_auth_failed: { status: 502, title: 'The upstream refused our credentials', retryable: false },
  upstream_error: { status: 502, title: 'The upstream failed', retryable: true },
  upstream_unavailable: { status: 503, title: 'The upstream cannot be reached', retryable: true },
  upstream_timeout: { status: 504, title: 'The upstream did not answer in time', retryable: true },
} as const satisfies Record<string, { status: number; title: string; retryable: boolean }>;

export type FailureCode = keyof typeof failureCodes;

/** One thing wrong with one input. */
export interface FieldError {
  field: string;
  message: string;
}

export interface FailureOptions {
  /** Overrides the default of the code: a write whose answer was lost is not safe to repeat. */
  retryable?: boolean;
  /** Seconds to wait before the same call may succeed. */
  retryAfterSeconds?: number;
  /** What is wrong with which input, for `invalid_input`. */
  errors?: FieldError[];
  /** True when something was changed before it failed, so that the same call must not be made again. */
  halfDone?: boolean;
  /** True when the upstream refused it whole, so that a write that was sent is known not to have been made. */
  nothingDone?: boolean;
  /** True when it befell this call alone: who shares its work does not share the failure. */
  isOwn?: boolean;
  /** What went wrong underneath, for the log; never shown to the caller. */
  cause?: unknown;
}

/**
 * The one error of this project. Its message is a sentence that a model can act on: it says what to do next, and
 * holds no secret and nothing of an upstream's raw answer.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: FailureCode;
  readonly status: number;
  readonly retryable: boolean;
  readonly retryAfterSeconds: number | undefined;
  readonly errors: FieldError[] | undefined;
  readonly halfDone: boolean;
  readonly nothingDone: boolean;
  readonly isOwn: boolean;

  constructor(code: FailureCode, message: string, options: FailureOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.status = failureCodes[code].status;
    this.retryable = options.retryable ?? failureCodes[code].retryable;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.errors = options.errors;
    this.halfDone = options.halfDone ?? false;
    this.nothingDone = options.nothingDone ?? false;
    this.isOwn = options.isOwn ?? false;
  }
}

/** Whoever sends thousands of wrong names gets no answer of megabytes. */
const MAX_ERRORS = 20;
const MAX_NAME = 64;

/** One failure for everything that is wrong with an input. */
export function invalidInput(all: readonly FieldError[]): Failure {
  const errors = all.slice(0, MAX_ERRORS).map(({ field, message }) => ({ field: beginning(field, MAX_NAME), message }));
  if (all.length > MAX_ERRORS) errors.push({ field: '', message: `${all.length - MAX_ERRORS} more are wrong.` });
  const detail = errors.map(({ field, message }) => (field ? `${field}: ${message}` : message)).join(' ');
  return new Failure('invalid_input', detail, { errors });
}

/** The answer to a write was lost. It is not known whether the write was made, so it must not be repeated unchecked. */
export function lostWrite(title: string, cause?: unknown): Failure {
  return new Failure(
    'upstream_timeout',
    `${title} did not confirm the change, so it may or may not have been made. Check with a lookup before you try it again.`,
    { retryable: false, cause },
  );
}
