import { money } from './amounts.ts';
import { nameFieldOf } from './objectNames.ts';
import { isoTime, valueAt } from './recordValues.ts';
import { names, type Soql, soql } from './soql.ts';
import { currencyField } from './visibleFields.ts';
import type { FieldDescription, ObjectDescription, SalesforceRecord } from './wire.ts';

/** More fields would make the answer too long to be useful. */
const MAX_FIELDS = 40;

/** A field's label and its value as text. */
export interface Detail {
  label: string;
  value: string;
}

/** Fields of Salesforce's own bookkeeping, and fields that repeat others. */
const housekeeping =
  /^(Id|IsDeleted|SystemModstamp|LastViewedDate|LastReferencedDate|MasterRecordId|PhotoUrl|Jigsaw|JigsawCompanyId|JigsawContactId|CleanStatus|DandbCompanyId|LastCURequestDate|LastCUUpdateDate|.*(Latitude|Longitude|GeocodeAccuracy))$/;
const audit = /^(Created|LastModified)(Date|ById)$/;
const unreadable = new Set(['address', 'location', 'base64', 'complexvalue', 'anyType', 'json']);
const telling = new Set([
  'picklist',
  'multipicklist',
  'currency',
  'date',
  'datetime',
  'email',
  'phone',
  'percent',
  'boolean',
]);

interface Shown {
  label: string;
  /** A path such as `Owner.Name`. */
  path: string;
  type: string;
}

/** The statement that reads the most important fields of a record, chosen by the object's description. */
export function detailsStatement(object: ObjectDescription, recordId: string): Soql {
  const shown = shownFields(object);
  const ownCurrency = shown.some(({ type }) => type === 'currency') && hasOwnCurrency(object) ? [currencyField] : [];
  const paths = new Set(['Id', ...shown.map(({ path }) => path), ...ownCurrency]);
  return soql`SELECT ${names(...paths)} FROM ${names(object.name)} WHERE Id = ${recordId}`;
}

/** Whether the currency of an object's amounts is not told by its records, but by the org. */
export function needsOrgCurrency(object: ObjectDescription): boolean {
  return object.fields.some(({ type }) => type === 'currency') && !hasOwnCurrency(object);
}

const hasOwnCurrency = ({ fields }: ObjectDescription) => fields.some(({ name }) => name === currencyField);

/**
 * The name and the filled fields of a record that `detailsStatement` read; `orgCurrency` is that of an org with one.
 */
export function detailsOf(
  object: ObjectDescription,
  record: SalesforceRecord,
  orgCurrency?: string,
): { name: string; fields: Detail[] } {
  const own = record[currencyField];
  const currency = typeof own === 'string' ? own : orgCurrency;
  const nameField = object.fields.find(field => field.nameField)?.name ?? 'Name';
  const fields = shownFields(object).flatMap(({ label, path, type }): Detail[] => {
    const value = plain(valueAt(record, path), type, currency);
    return value === undefined ? [] : [{ label, value }];
  });
  return { name: plain(record[nameField], 'string') ?? object.label, fields };
}

/** At most 40 fields, the most important first. */
function shownFields(object: ObjectDescription): Shown[] {
  return object.fields
    .filter(field => !field.deprecatedAndHidden && !housekeeping.test(field.name) && !unreadable.has(field.type))
    .filter(field => field.nameField || field.compoundFieldName !== 'Name')
    .map(field => ({ shown: toShown(field), rank: rankOf(field) }))
    .sort((one, other) => one.rank - other.rank)
    .slice(0, MAX_FIELDS)
    .map(({ shown }) => shown);
}

function rankOf(field: FieldDescription): number {
  if (field.nameField) return 0;
  if (audit.test(field.name)) return 6;
  if (field.name === 'OwnerId' || (!field.nillable && field.type !== 'boolean')) return 1;
  if (field.custom) return 2;
  if (telling.has(field.type) || field.type === 'reference') return 3;
  return field.type === 'textarea' ? 5 : 4;
}

/** A lookup is shown by the name of the record it refers to, when that object is known to have a name field. */
function toShown({ name, label, type, relationshipName, referenceTo }: FieldDescription): Shown {
  const [target = '', ...others] = referenceTo;
  // A lookup to several objects has the common field Name.
  const targetName = others.length > 0 ? 'Name' : nameFieldOf(target);
  return type === 'reference' && relationshipName && targetName
    ? { label: label.replace(/ ID$/, ''), path: `${relationshipName}.${targetName}`, type: 'string' }
    : { label, path: name, type };
}

/** A value as people read it; undefined for an empty one. */
export function plain(value: unknown, type: string, currency?: string): string | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (typeof value === 'number' && type === 'currency') return money(value, currency);
  if (typeof value === 'number' && type === 'percent') return `${value}%`;
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  if (type === 'multipicklist') return text.replaceAll(';', ', ');
  return type === 'datetime' ? isoTime(text) : text;
}
