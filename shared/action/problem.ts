import { Failure, failureCodes } from '../failure.ts';
import { readable } from '../readable.ts';
import { beginning } from '../text.ts';

/** A failure as RFC 9457 has it: https://www.rfc-editor.org/rfc/rfc9457 */
export function toProblem(failure: Failure, correlationId: string) {
  const { title, status } = failureCodes[failure.code];
  return {
    type: `urn:problem:${failure.code}`,
    title,
    status,
    detail: told(failure.message),
    ...common(failure, correlationId),
  };
}

/** A failure inside an answer that the platform sees as a success, because it shows a model nothing of any other. */
export function toInlineError(failure: Failure, correlationId: string) {
  return { error: { message: told(failure.message), status: failure.status, ...common(failure, correlationId) } };
}

function common({ code, retryable, retryAfterSeconds, errors }: Failure, correlationId: string) {
  return {
    code,
    retryable,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    ...(errors && { errors: errors.map(({ field, message }) => ({ field: told(field), message: told(message) })) }),
    correlationId,
  };
}

/** It may repeat what somebody wrote, and be as long as they like. */
const MAX_MESSAGE = 4_000;

function told(message: string): string {
  return readable(beginning(message, MAX_MESSAGE));
}

/** What was thrown, as a failure. A bug is told by the correlation id alone: its message may hold anything. */
export function toFailure(error: unknown, correlationId: string): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof DOMException && (error.name === 'TimeoutError' || error.name === 'AbortError')) {
    return new Failure('upstream_timeout', 'There was no answer in time. Try again, or ask for less.', {
      cause: error,
    });
  }
  return new Failure('internal', `This service failed. Tell its administrator the correlation ID ${correlationId}.`, {
    cause: error,
  });
}

/** An upstream's own sentence may repeat what it was sent. */
export function withoutSecrets(failure: Failure, redact: (text: string) => string): Failure {
  const { code, message, retryable, retryAfterSeconds, errors, halfDone, nothingDone, isOwn, cause } = failure;
  return new Failure(code, redact(message), {
    retryable,
    halfDone,
    nothingDone,
    isOwn,
    cause,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    ...(errors && { errors: errors.map(({ field, message }) => ({ field: redact(field), message: redact(message) })) }),
  });
}
