const MAX_SECONDS = 86_400;

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
