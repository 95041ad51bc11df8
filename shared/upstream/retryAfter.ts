const BASE_MS = 200;
const MAX_SECONDS = 86_400;

/** Milliseconds to wait before try `attempt + 1`: exponential, with jitter over the upper half. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  return BASE_MS * 2 ** (attempt - 1) * (0.5 + random() / 2);
}

/**
 * The Retry-After header in whole seconds, at most a day; undefined when it is missing or cannot be read.
 * https://www.rfc-editor.org/rfc/rfc9110#name-retry-after
 */
export function retryAfter(headers: Headers, now: number): number | undefined {
  // Repeated headers are joined by commas, and the first counts; a date has a comma, too.
  const value = headers
    .get('retry-after')
    ?.trim()
    .replace(/^(\d+)\s*,.*$/, '$1');
  if (!value) return undefined;
  const seconds = /^\d+(\.\d+)?$/.test(value) ? Number(value) : (Date.parse(value) - now) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.min(MAX_SECONDS, Math.max(0, Math.ceil(seconds)));
}
