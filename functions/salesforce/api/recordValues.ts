import type { SalesforceRecord } from './wire.ts';

/** The value at a path such as `Owner.Name`; undefined when the parent is empty or hidden. */
export function valueAt(record: SalesforceRecord, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined), record);
}

/** `2026-11-15T09:00:00.000+0000`, as Salesforce writes it, in ISO 8601; undefined when it is not a date-time. */
export function isoTime(value: string): string | undefined {
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
