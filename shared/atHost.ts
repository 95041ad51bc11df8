/**
 * An error with the host that it is about, for the log: the log tells names and codes, never messages. Callers need not know
 * where this service keeps its secrets and its ledger.
 */
export function atHost(url: string, cause?: unknown): Error {
  const error = new Error('It failed there.', { cause });
  return Object.assign(error, { name: 'At', code: new URL(url).host });
}
