/** What a WWW-Authenticate header says of a token: https://www.rfc-editor.org/rfc/rfc6750#section-3 */
interface BearerError {
  /** `invalid_token`, `insufficient_scope` and the like. */
  error?: string;
  description?: string;
  /** The scopes that are needed, with spaces between. */
  scope?: string;
}

const MAX_HEADER = 2_000;
const parameter = /\b(error_description|error|scope)\s*=\s*"([^"]{0,500})"/g;

export function bearerError(headers: Headers): BearerError {
  const challenge = (headers.get('www-authenticate') ?? '').slice(0, MAX_HEADER);
  const found = new Map([...challenge.matchAll(parameter)].map(([, name = '', value = '']) => [name, value]));
  const [error, description, scope] = ['error', 'error_description', 'scope'].map(name => found.get(name));
  return { ...(error && { error }), ...(description && { description }), ...(scope && { scope }) };
}
