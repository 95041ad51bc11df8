import * as z from 'zod';

const typedValue = z.strictObject({ $kind: z.string(), value: z.unknown() });

/**
 * A value that Copilot Studio's runtime sends with its type, such as `{"$kind":"Date","value":"2026-12-30"}`, without it;
 * any other value as it is. Of what is typed as a day, only the day counts: a time beside it is the runtime's.
 */
export function plainValue(value: unknown): unknown {
  const { data } = typedValue.safeParse(value);
  if (!data) return value;
  const isDay = /^date(?!time)/i.test(data.$kind) && typeof data.value === 'string';
  return isDay
    ? String(data.value)
        .trim()
        .replace(/^(\d{4}-\d{2}-\d{2})T.*/s, '$1')
    : data.value;
}
