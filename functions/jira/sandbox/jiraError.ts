/** An error response of Jira's. */
export class JiraError extends Error {
  override readonly name = 'JiraError';
  readonly status: number;
  readonly errorMessages: string[];
  readonly errors: Record<string, string>;

  constructor(status: number, errorMessages: string | string[], errors: Record<string, string> = {}) {
    super([errorMessages, Object.values(errors)].flat().join(' '));
    this.status = status;
    this.errorMessages = [errorMessages].flat();
    this.errors = errors;
  }
}

/** 400 with one message. */
export const badRequest = (message: string) => new JiraError(400, message);

/** 400 with a message for each invalid field. */
export const badFields = (errors: Record<string, string>) => new JiraError(400, [], errors);

/** 404 with one message. */
export const notFound = (message: string) => new JiraError(404, message);
