import * as z from 'zod';
import { beginning } from '../../../shared/text.ts';
import { money } from './amounts.ts';
import { labelOf } from './choices.ts';
import { nameFieldOf } from './objectNames.ts';
import { isRecordId, isSameRecord } from './recordId.ts';
import { isoTime, valueAt } from './recordValues.ts';
import { names, type Soql, soql } from './soql.ts';
import { currencyField } from './visibleFields.ts';
import type { FieldDescription, ObjectDescription, SalesforceRecord } from './wire.ts';

/** A field that a write set. */
export const changeOutput = z.object({
  field: z.string().describe('The label of the field.'),
  from: z.string().optional().describe('Its value before, where there was one.'),
  to: z.string().optional().describe('Its value now, where there is one.'),
});

/** What a write put into a field. */
export interface SetField {
  field: FieldDescription;
  /** As it was sent. */
  value: unknown;
  /** Whether it took the place of all choices of a multi-select picklist. */
  replacesChoices: boolean;
}

export const nameFieldIn = ({ fields }: ObjectDescription): string | undefined =>
  fields.find(field => field.nameField)?.name;

/** Contents of files are not read to be shown. */
export const isReadable = ({ type }: FieldDescription) =>
  !['base64', 'address', 'location', 'complexvalue'].includes(type);

/** The statement that reads some fields of a record, its name, and when it was changed last. */
export function fieldsStatement(
  object: ObjectDescription,
  recordId: string,
  fields: readonly FieldDescription[],
): Soql {
  const has = (name: string) => object.fields.some(field => field.name === name);
  const wanted = fields.filter(isReadable).flatMap(field => [field.name, namePathOf(field) ?? field.name]);
  const more = ['SystemModstamp', ...(fields.some(isAmount) ? [currencyField] : [])].filter(has);
  const paths = [...new Set(['Id', nameFieldIn(object) ?? 'Id', ...wanted, ...more])];
  return soql`SELECT ${names(...paths)} FROM ${names(object.name)} WHERE Id = ${recordId}`;
}

/** Whether the currency of amounts is told by the org, because its records have none of their own. */
export function needsOrgCurrency(object: ObjectDescription, fields: readonly FieldDescription[]): boolean {
  return fields.some(isAmount) && !object.fields.some(({ name }) => name === currencyField);
}

const isAmount = ({ type }: FieldDescription) => type === 'currency';

/** Where a lookup has the name of the record that it leads to; undefined where that is not known or closed. */
export function namePathOf({ type, relationshipName, referenceTo }: FieldDescription): string | undefined {
  const [target = '', ...others] = referenceTo;
  // A lookup to several objects has the common field Name.
  const field = others.length > 0 ? 'Name' : nameFieldOf(target);
  return type === 'reference' && relationshipName && field ? `${relationshipName}.${field}` : undefined;
}

interface Told {
  changes: z.output<typeof changeOutput>[];
  remarks: string[];
}

interface States {
  before: SalesforceRecord | undefined;
  after: SalesforceRecord | undefined;
  /** Of an org with one. */
  currency: string | undefined;
}

/**
 * What became of the fields that a write set: their values before and now, which were as they are, and which Salesforce
 * has otherwise than they were sent. Without `after`, they are as they were sent.
 */
export function toldChanges(sent: readonly SetField[], { before, after, currency }: States): Told {
  const changes: Told['changes'] = [];
  const unchanged: string[] = [];
  const remarks: string[] = [];
  for (const each of sent) {
    const { field, value } = each;
    const label = labelAmong(
      field,
      sent.map(other => other.field),
    );
    const isRead = after !== undefined && field.name in after;
    const isKnown = before !== undefined && field.name in before;
    const now = isRead ? after[field.name] : value;
    const isKept = isKnown && isSame(field, now, before[field.name]);
    const from = isKnown ? shownValue(field, before, currency) : undefined;
    const to = isRead ? shownValue(field, after, currency) : plainValue(field, value);
    if (!isSame(field, now, value)) remarks.push(otherwise(label, to, plainValue(field, value), isKept));
    else if (isKept) unchanged.push(label);
    if (isKept) continue;
    changes.push({ field: label, ...cut(from, to) });
    if (isKnown) remarks.push(...lostChoices(label, each, before[field.name]));
  }
  if (unchanged.length > 0) remarks.push(`As before: ${unchanged.join(', ')}.`);
  return { changes, remarks };
}

function otherwise(label: string, now: string | undefined, sent: string | undefined, isKept: boolean): string {
  const although = `although ${sent === undefined ? 'it was to be emptied' : `${beginning(sent, MAX_QUOTED)} was sent`}`;
  const is = now === undefined ? 'empty' : beginning(now, MAX_QUOTED);
  return isKept
    ? `${label} was not changed, it still is ${is}, ${although}: a rule or an automation of the org decides it.`
    : `${label} is ${is}, ${although}: a rule or an automation of the org has changed it.`;
}

const MAX_QUOTED = 80;

/** Whoever replaces a list may have meant to add to it. */
function lostChoices(label: string, { field, value, replacesChoices }: SetField, before: unknown): string[] {
  if (!replacesChoices || typeof before !== 'string') return [];
  const left = String(value ?? '').split(';');
  const lost = before.split(';').filter(choice => !left.includes(choice));
  if (lost.length === 0 || value === null) return [];
  const names = lost.map(choice => labelOf(field, choice)).join(', ');
  return [
    `All of ${label} was replaced: ${names} ${lost.length === 1 ? 'is' : 'are'} no longer in it. To keep the others give {"add":["…"],"remove":["…"]}.`,
  ];
}

/** What Salesforce itself chose for a new record, of the fields that matter to whoever made it. */
export function defaultedFields({ fields, recordTypeInfos }: ObjectDescription): FieldDescription[] {
  const hasTypes = recordTypeInfos.filter(({ active, available }) => active && available).length > 1;
  return fields.filter(
    ({ name }) =>
      ['OwnerId', 'Status', 'StageName', 'Priority'].includes(name) || (name === 'RecordTypeId' && hasTypes),
  );
}

/** The fields that Salesforce chose, as a new record has them. */
export function toldDefaults(
  fields: readonly FieldDescription[],
  record: SalesforceRecord,
): z.output<typeof changeOutput>[] {
  return fields.flatMap(field => {
    const to = shownValue(field, record);
    return to === undefined ? [] : [{ field: labelFor(field), to }];
  });
}

/** `Owner` for `Owner ID`. */
export const labelFor = ({ label, type }: FieldDescription) =>
  type === 'reference' ? label.replace(/ ID$/, '') : label;

/** With its API name where another one that was set has the same label. */
function labelAmong(field: FieldDescription, all: readonly FieldDescription[]): string {
  const label = labelFor(field);
  return all.some(other => other !== field && labelFor(other) === label) ? `${label} (${field.name})` : label;
}

/** Long values are cut to this many characters. */
const MAX_VALUE = 300;
/** How much of what two long values have in common is shown before the difference. */
const SHARED = 40;

/** Both values, without what would hide the difference of long ones. */
function cut(from: string | undefined, to: string | undefined) {
  const start = from !== undefined && to !== undefined ? firstDifference(from, to) : 0;
  const skipped = start > MAX_VALUE / 2 ? start - SHARED : 0;
  const part = (text: string) => (skipped > 0 ? '…' : '') + beginning(text.slice(skipped), MAX_VALUE);
  return { ...(from !== undefined && { from: part(from) }), ...(to !== undefined && { to: part(to) }) };
}

function firstDifference(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return at;
}

/** Whether two values of a field are the same to Salesforce, which trims texts and rounds numbers. */
export function isSame({ type, scale }: FieldDescription, one: unknown, other: unknown): boolean {
  const [left, right] = [one ?? '', other ?? ''];
  if (left === right) return true;
  if (typeof left === 'number' && typeof right === 'number') {
    return Math.abs(left - right) <= 0.5 * 10 ** -(scale ?? 2) + Number.EPSILON;
  }
  const [a, b] = [String(left), String(right)];
  if (type === 'reference') return isRecordId(a) && isRecordId(b) && isSameRecord(a, b);
  if (type === 'datetime') return Math.floor(Date.parse(a) / 1000) === Math.floor(Date.parse(b) / 1000);
  if (type === 'multipicklist') return sortedChoices(a) === sortedChoices(b);
  // What Salesforce makes of marked-up and of masked text is no sign of an automation.
  return type === 'encryptedstring' || plainLines(a) === plainLines(b);
}

const sortedChoices = (text: string) => text.split(';').sort().join(';');
const plainLines = (text: string) => text.replace(/\r\n?/g, '\n').trim();

/** A field's value as people read it; `orgCurrency` is that of an org with one. */
function shownValue(field: FieldDescription, record: SalesforceRecord, orgCurrency?: string): string | undefined {
  const path = namePathOf(field);
  const name = path === undefined ? undefined : valueAt(record, path);
  if (typeof name === 'string') return name;
  const own = record[currencyField];
  return plainValue(field, record[field.name], typeof own === 'string' ? own : orgCurrency);
}

/** A value as people read it. */
export function plainValue(field: FieldDescription, value: unknown, currency?: string): string | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (typeof value === 'number' && isAmount(field)) return money(value, currency);
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  switch (field.type) {
    case 'picklist':
      return labelOf(field, text);
    case 'multipicklist':
      return text
        .split(';')
        .map(choice => labelOf(field, choice))
        .join(', ');
    case 'datetime':
      return isoTime(text) ?? text;
    case 'percent':
      return `${text}%`;
    default:
      return text;
  }
}
