import { nameFieldOf } from './objectNames.ts';
import { plainValue } from './recordChanges.ts';
import { valueAt } from './recordValues.ts';
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
  /** Undefined for the name of what a lookup points at. */
  field: FieldDescription | undefined;
}

/** How the values of a record are shown. */
interface Showing {
  /** The currency of an org with one. */
  orgCurrency?: string | undefined;
  /** Makes Markdown of HTML, where `hasRichText`. */
  richText?: ((html: string) => string) | undefined;
  /** Whether lookups are left out, as where one of them may not be followed. */
  withoutLookups?: boolean;
}

/** The statement that reads the most important fields of a record, chosen by the object's description. */
export function detailsStatement(
  object: ObjectDescription,
  recordId: string,
  { withoutLookups = false }: Pick<Showing, 'withoutLookups'> = {},
): Soql {
  const shown = shownFields(object).filter(({ field }) => field !== undefined || !withoutLookups);
  const isAmount = shown.some(({ field }) => field?.type === 'currency');
  const ownCurrency = isAmount && hasOwnCurrency(object) ? [currencyField] : [];
  const paths = new Set(['Id', ...shown.map(({ path }) => path), ...ownCurrency]);
  return soql`SELECT ${names(...paths)} FROM ${names(object.name)} WHERE Id = ${recordId}`;
}

/** Whether the currency of an object's amounts is not told by its records, but by the org. */
export function needsOrgCurrency(object: ObjectDescription): boolean {
  return object.fields.some(({ type }) => type === 'currency') && !hasOwnCurrency(object);
}

/** Whether a record's answer may have HTML in it. */
export const hasRichText = ({ fields }: ObjectDescription): boolean =>
  fields.some(({ htmlFormatted }) => htmlFormatted);

/** An object with the fields alone that the org has added to it and that can be shown without leading elsewhere. */
export const withAddedFields = (object: ObjectDescription): ObjectDescription => ({
  ...object,
  fields: object.fields.filter(({ custom, type }) => custom && type !== 'reference' && !unreadable.has(type)),
});

/** The lookups that are shown by the name of what they point at, by label. */
export const shownLookups = (object: ObjectDescription): string[] =>
  shownFields(object).flatMap(({ field, label }) => (field === undefined ? [label] : []));

const hasOwnCurrency = ({ fields }: ObjectDescription) => fields.some(({ name }) => name === currencyField);

/** The name and the filled fields of a record that `detailsStatement` read. */
export function detailsOf(
  object: ObjectDescription,
  record: SalesforceRecord,
  { orgCurrency, richText = text => text }: Showing = {},
): { name: string; fields: Detail[] } {
  const own = record[currencyField];
  const currency = typeof own === 'string' ? own : orgCurrency;
  const nameField = object.fields.find(field => field.nameField);
  const fields = shownFields(object).flatMap(({ label, path, field }): Detail[] => {
    const given = valueAt(record, path);
    const value = field ? plainValue(field, given, currency) : typeof given === 'string' ? given : undefined;
    const text = value && field?.htmlFormatted ? richText(value) : value;
    return text ? [{ label, value: text }] : [];
  });
  const name = record[nameField?.name ?? 'Name'];
  return { name: typeof name === 'string' && name !== '' ? name : object.label, fields };
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
function toShown(field: FieldDescription): Shown {
  const { name, label, type, relationshipName, referenceTo } = field;
  const [target = '', ...others] = referenceTo;
  // A lookup to several objects has the common field Name.
  const targetName = others.length > 0 ? 'Name' : nameFieldOf(target);
  return type === 'reference' && relationshipName && targetName
    ? { label: label.replace(/ ID$/, ''), path: `${relationshipName}.${targetName}`, field: undefined }
    : { label, path: name, field };
}
