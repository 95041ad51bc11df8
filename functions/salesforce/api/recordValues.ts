import type { SalesforceRecord } from './wire.ts';

/** What a record, or a parent of it, has at a path such as `Owner.Name`; undefined where the parent is not seen. */
export function valueAt(record: SalesforceRecord, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined), record);
}

/** `2026-11-15T09:00:00.000+0000`, as Salesforce writes it, in ISO 8601; undefined for what is no time. */
export function isoTime(value: string): string | undefined {
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
